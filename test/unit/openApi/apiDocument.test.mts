import { describe, expect, it } from 'vitest';
import { readApiDocument, type ApiDocument } from '../../../nodes/shared/openApi/apiDocument.ts';
import { readShape } from '../../../nodes/shared/openApi/endpointShape.ts';
import { UnreadablePart } from '../../../nodes/shared/openApi/references.ts';
import { typeOf } from '../../../nodes/shared/openApi/typedValue.ts';
import { filledPath, isPath, shortPath } from '../../../nodes/shared/openApi/schemaPath.ts';

const base = { path: '/api/open/v1' };

function documentOf(paths: unknown, more: Record<string, unknown> = {}): ApiDocument {
	const found = readApiDocument({ openapi: '3.1.0', paths, ...more }, base);
	if (found === undefined) throw new Error('not read');
	return found;
}

const idsOf = (document: ApiDocument) => [...document.endpoints.keys()];

function shapeOf(document: ApiDocument, id: string) {
	const endpoint = document.endpoints.get(id);
	if (endpoint === undefined) throw new Error(`no ${id}`);
	return readShape(document, endpoint);
}

const body = (schema: unknown, type = 'application/json') => ({
	requestBody: { required: true, content: { [type]: { schema } } },
});

describe('the path of an endpoint', () => {
	it.each([
		['/profile', [], '/profile'],
		['/api/open/v1/profile', [], '/profile'],
		['/profile', ['/api/open/v1'], '/profile'],
		['/open/v1/profile', ['/api'], '/profile'],
		['/api/open/v1beta/profile', [], '/api/open/v1beta/profile'],
		['/api/open/v2/profile', [], '/api/open/v2/profile'],
	])('%s with servers at %j is called as %s below the base URL', (path, servers, expected) => {
		expect(shortPath(path, base, servers)).toBe(expected);
	});

	it('is found behind what a proxy puts before it', () => {
		const behind = { path: '/proxy/api/open/v1', publicPath: '/api/open/v1' };
		expect(shortPath('/api/open/v1/voices', behind)).toBe('/voices');
		expect(shortPath('/proxy/api/open/v1/voices', behind)).toBe('/voices');
	});

	it.each([
		'voices',
		'//example.com/voices',
		'/a/../b',
		'/a/./b',
		'/a?b=c',
		'/a#b',
		'/a b',
		'/a\\b',
		'/%2e%2e/a',
		'/{}',
		'/{a',
		'/a}',
		`/${'a'.repeat(600)}`,
	])('is refused when it may lead elsewhere: %s', (path) => {
		expect(isPath(path)).toBe(false);
	});

	it('gets its values as one segment each', () => {
		expect(filledPath('/a/{b}/c', new Map([['b', 'x/y z']]))).toBe('/a/x%2Fy%20z/c');
	});

	it('gets the entries of a list with commas between them', () => {
		expect(filledPath('/a/{b}', new Map([['b', ['x,y', 'z']]]))).toBe('/a/x%2Cy,z');
	});
});

describe('the list of endpoints', () => {
	it('has methods, short paths and summaries in one line', () => {
		const document = documentOf(
			{ '/api/open/v1/images': { post: { summary: 'Make\n an <image>' }, get: {} } },
			{ servers: [{ url: 'https://elsewhere.example/' }] },
		);
		expect([...document.endpoints.values()]).toMatchObject([
			{ id: 'GET /images', method: 'GET', path: '/images', summary: '' },
			{ id: 'POST /images', method: 'POST', path: '/images', summary: 'Make an ‹image›' },
		]);
	});

	it.each(['3.0.0', '3.0.3', '3.1.0', '3.1.1'])('is read from version %s', (openapi) => {
		expect(readApiDocument({ openapi, paths: {} }, base)?.endpoints.size).toBe(0);
	});

	it.each([
		[{ swagger: '2.0', paths: {} }],
		[{ openapi: '4.0.0', paths: {} }],
		[{ openapi: 3, paths: {} }],
		[{ openapi: '3.1.0' }],
		[{ openapi: '3.1.0', paths: [] }],
		[{}],
	])('is not read from %j', (root) => {
		expect(readApiDocument(root, base)).toBeUndefined();
	});

	it('loses none of its endpoints by one that is broken', () => {
		const document = documentOf({
			'/good': { get: {} },
			'/text': 'broken',
			'/none': null,
			'/half': { get: 'broken', post: {} },
			'/away': { $ref: 'https://example.com/paths.json' },
			'/lost': { $ref: '#/nowhere' },
			'../up': { get: {} },
			'/last': { delete: {} },
		});
		expect(idsOf(document)).toEqual(['GET /good', 'POST /half', 'DELETE /last']);
		expect(document.leftOut).toBe(6);
	});

	it('takes the first of two paths that mean the same endpoint', () => {
		const document = documentOf({
			'/voices': { get: { summary: 'first' } },
			'/api/open/v1/voices': { get: { summary: 'second' } },
		});
		expect([...document.endpoints.values()].map(({ summary }) => summary)).toEqual(['first']);
		expect(document.leftOut).toBe(1);
	});

	it('ends at 2,000 endpoints', () => {
		const paths = Object.fromEntries(
			Array.from({ length: 2_100 }, (_, index) => [`/p${index}`, { get: {} }]),
		);
		const document = documentOf(paths);
		expect(document.endpoints.size).toBe(2_000);
		expect(document.leftOut).toBe(100);
	});

	it('follows a path that stands elsewhere in the document', () => {
		const document = documentOf(
			{ '/a': { $ref: '#/components/pathItems/A~1b' } },
			{ components: { pathItems: { 'A/b': { get: {} } } } },
		);
		expect(idsOf(document)).toEqual(['GET /a']);
	});

	it('takes names of object prototypes for names', () => {
		const root: unknown = JSON.parse(
			'{"openapi":"3.1.0","paths":{"/__proto__":{"get":{}},"/x":{"__proto__":{"get":{}},"post":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"__proto__":{"type":"string"},"constructor":{}}}}}}}}}}',
		);
		const document = readApiDocument(Object(root), base);
		expect(document && idsOf(document)).toEqual(['GET /__proto__', 'POST /x']);
		expect(document && shapeOf(document, 'POST /x').fields.map(({ id }) => id)).toEqual([
			'body.__proto__',
			'body.constructor',
		]);
	});
});

describe('what an endpoint takes', () => {
	it('is its path, its query and the fields of its body', () => {
		const document = documentOf({
			'/albums/{album}/images': {
				parameters: [
					{ name: 'limit', in: 'query', schema: { type: 'integer' } },
					{ name: 'X-Trace', in: 'header', schema: {} },
				],
				post: {
					parameters: [{ name: 'limit', in: 'query', required: true, schema: { maximum: 5 } }],
					...body({ type: 'object', required: ['prompt'], properties: { prompt: {}, n: {} } }),
				},
			},
		});
		const { fields, bodyKind } = shapeOf(document, 'POST /albums/{album}/images');
		expect(fields.map(({ id, required }) => [id, required])).toEqual([
			['path.album', true],
			['query.limit', true],
			['body.prompt', true],
			['body.n', false],
		]);
		expect(fields[1]?.schema).toEqual({ maximum: 5 });
		expect(bodyKind).toBe('json');
	});

	it.each([
		['query', {}, undefined],
		['query', { style: 'form' }, undefined],
		['query', { explode: false }, ','],
		['query', { style: 'form', explode: false }, ','],
		['query', { style: 'spaceDelimited' }, '%20'],
		['query', { style: 'spaceDelimited', explode: false }, '%20'],
		['query', { style: 'spaceDelimited', explode: true }, undefined],
		['query', { style: 'pipeDelimited', explode: false }, '%7C'],
		['query', { style: 'deepObject', explode: false }, undefined],
		['query', { content: { 'application/json': {} }, explode: false }, undefined],
		['path', {}, ','],
		['path', { style: 'simple', explode: true }, ','],
		['path', { style: 'label' }, undefined],
	])('has lists in a %s of %j with this delimiter: %s', (place, about, delimiter) => {
		const parameters = [{ name: 'ids', in: place, ...about }];
		const document = documentOf({ '/a/{ids}': { get: { parameters } } });
		const id = `${place}.ids`;
		const field = shapeOf(document, 'GET /a/{ids}').fields.find((known) => known.id === id);
		expect(field?.delimiter).toBe(delimiter);
	});

	it('has the fields of all parts of a body that is put together', () => {
		const document = documentOf(
			{
				'/a': {
					post: body({
						allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { own: {} } }],
						required: ['own'],
					}),
				},
			},
			{
				components: {
					schemas: { Base: { type: 'object', required: ['id'], properties: { id: {} } } },
				},
			},
		);
		const { fields } = shapeOf(document, 'POST /a');
		expect(fields.map(({ id, required }) => [id, required])).toEqual([
			['body.id', true],
			['body.own', true],
		]);
	});

	const readOnly = { properties: { id: { readOnly: true } } };
	const writable = { properties: { id: {}, name: {} }, required: ['id', 'name'] };
	it.each<[string, object]>([
		['another part', { allOf: [readOnly, writable] }],
		['another part after it', { allOf: [writable, readOnly] }],
		['a part', { ...writable, allOf: [{ allOf: [{ $ref: '#/components/schemas/Base' }] }] }],
		['the object itself', { ...readOnly, allOf: [writable] }],
		['the object itself, beside forms', { ...readOnly, anyOf: [writable] }],
		['each of its forms', { oneOf: [readOnly, readOnly], allOf: [writable] }],
		[
			'its own schema',
			{ ...writable, properties: { id: { $ref: '#/components/schemas/Id' }, name: {} } },
		],
	])('lacks what is read-only by %s', (_, schema) => {
		const schemas = { Base: readOnly, Id: { readOnly: true } };
		const document = documentOf({ '/a': { post: body(schema) } }, { components: { schemas } });
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([
			{ id: 'body.name', required: true },
		]);
	});

	it('has what only some of its forms call read-only', () => {
		const schema = { type: 'object', oneOf: [readOnly, writable] };
		const document = documentOf({ '/a': { post: body(schema) } });
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([
			{ id: 'body.id', required: false },
			{ id: 'body.name', required: false },
		]);
	});

	it.each([
		['version 3.0', { type: 'string', format: 'binary' }],
		['version 3.1', { type: 'string', contentMediaType: 'image/png' }],
		['an optional one', { anyOf: [{ type: 'string', format: 'binary' }, { type: 'null' }] }],
		['an optional one by its types', { type: ['string', 'null'], format: 'binary' }],
		['one by reference', { allOf: [{ $ref: '#/components/schemas/File' }] }],
	])('has files in a multipart body of %s', (_, file) => {
		const properties = { file, more: { type: 'array', items: file }, title: { type: 'string' } };
		const File = { type: 'string', format: 'binary' };
		const document = documentOf(
			{ '/a': { post: body({ properties }, 'multipart/form-data') } },
			{ components: { schemas: { File } } },
		);
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([
			{ id: 'file.file', isList: false },
			{ id: 'file.more', isList: true },
			{ id: 'body.title' },
		]);
	});

	it('has the fields of all forms that a multipart body may have', () => {
		const form = (properties: object) => ({ properties, required: Object.keys(properties) });
		const text = { type: 'string' };
		const oneOf = [
			form({ name: text, url: text }),
			form({ name: text, file: { format: 'binary' } }),
		];
		const document = documentOf({ '/a': { post: body({ oneOf }, 'multipart/form-data') } });
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([
			{ id: 'body.name', required: true },
			{ id: 'body.url', required: false },
			{ id: 'file.file', required: false },
		]);
	});

	it.each(['anyOf', 'oneOf'])(
		'has the fields of the forms that an object may have besides its own: %s',
		(kind) => {
			const form = (name: string, more: object = {}) => ({
				properties: { kind: { const: name }, [name]: {}, ...more },
				required: ['kind', name, 'size'],
			});
			const document = documentOf({
				'/a': {
					post: body({
						type: 'object',
						required: ['prompt'],
						properties: { prompt: {}, kind: { enum: ['url', 'text'] } },
						[kind]: [
							form('url', { size: { type: 'integer', description: 'In pixels.' } }),
							form('text', { size: { enum: ['s', 'm'] } }),
							{ type: 'null' },
						],
					}),
				},
			});
			const { fields } = shapeOf(document, 'POST /a');
			expect(fields.map(({ id, required }) => [id, required])).toEqual([
				['body.prompt', true],
				['body.kind', true],
				['body.url', false],
				['body.size', true],
				['body.text', false],
			]);
			expect(fields[1]?.schema).toEqual({ enum: ['url', 'text'] });
			expect(fields[3]).toMatchObject({
				schema: { anyOf: [{ type: 'integer', description: 'In pixels.' }, { enum: ['s', 'm'] }] },
			});
		},
	);

	it('is read at once where each form is made of two others', () => {
		const number = (index: number) => ({ $ref: `#/components/schemas/C${index}` });
		const chain = Array.from({ length: 80 }, (_, index) => {
			const first = { type: 'object', properties: { x: { maxLength: index } } };
			const next = { type: 'object', anyOf: [number(index - 1), number(index - 2)] };
			return [`C${index}`, index < 2 ? first : next];
		});
		const document = documentOf(
			{ '/a': { post: body(number(79)) } },
			{ components: { schemas: Object.fromEntries(chain) } },
		);
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([
			{ id: 'body.x', schema: { anyOf: [{ maxLength: 1 }, { maxLength: 0 }] } },
		]);
	});

	it('may be anything where very many forms say something else about it', () => {
		const oneOf = Array.from({ length: 30 }, (_, index) => ({
			properties: { x: { const: index } },
		}));
		const document = documentOf({ '/a': { post: body({ type: 'object', oneOf }) } });
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([{ id: 'body.x', schema: true }]);
	});

	it('requires what each of the forms has by reference', () => {
		const Base = { properties: { id: {} }, required: ['id'] };
		const base = { $ref: '#/components/schemas/Base' };
		const document = documentOf(
			{
				'/a': {
					post: body({
						type: 'object',
						oneOf: [
							{ allOf: [base, { properties: { a: {} } }] },
							{ allOf: [base, { properties: { b: {} } }] },
						],
					}),
				},
			},
			{ components: { schemas: { Base } } },
		);
		expect(shapeOf(document, 'POST /a').fields).toMatchObject([
			{ id: 'body.id', required: true },
			{ id: 'body.a', required: false },
			{ id: 'body.b', required: false },
		]);
	});

	it.each(['allOf', 'anyOf', 'oneOf'])(
		'is read at once from a schema that holds itself fifty times: %s',
		(kind) => {
			const itself = { $ref: '#/components/schemas/Node' };
			const Node = { [kind]: [...Array.from({ length: 50 }, () => itself), { type: 'integer' }] };
			const document = documentOf(
				{ '/a': { post: body({ properties: { node: itself } }, 'multipart/form-data') } },
				{ components: { schemas: { Node } } },
			);
			expect(shapeOf(document, 'POST /a').fields.map(({ id }) => id)).toEqual(['body.node']);
			expect(typeOf(itself, document.root)).toBe('integer');
		},
	);

	it('is one field where the body is a list', () => {
		const document = documentOf({ '/a': { post: body({ type: 'array' }) } });
		const { fields, isBodyObject } = shapeOf(document, 'POST /a');
		expect(fields).toMatchObject([{ id: 'body', place: 'body', required: true }]);
		expect(isBodyObject).toBe(false);
	});

	it.each([
		['leads out of the document', { $ref: 'https://example.com/a.json' }, /outside/],
		['leads to nothing', { $ref: '#/components/schemas/None' }, /does not exist/],
		['leads only to itself', { $ref: '#/components/schemas/Loop' }, /circles/],
	])('cannot be read when its reference %s', (_, schema, message) => {
		const document = documentOf(
			{ '/a': { post: body(schema) }, '/b': { post: body({ properties: { fine: {} } }) } },
			{ components: { schemas: { Loop: { $ref: '#/components/schemas/Loop' } } } },
		);
		expect(() => shapeOf(document, 'POST /a')).toThrow(UnreadablePart);
		expect(() => shapeOf(document, 'POST /a')).toThrow(message);
		expect(shapeOf(document, 'POST /b').fields).toHaveLength(1);
	});

	it('is read from a schema that holds itself', () => {
		const Node = {
			allOf: [{ $ref: '#/components/schemas/Node' }],
			properties: { child: { $ref: '#/components/schemas/Node' } },
		};
		const document = documentOf(
			{ '/a': { post: body({ $ref: '#/components/schemas/Node' }) } },
			{ components: { schemas: { Node } } },
		);
		expect(shapeOf(document, 'POST /a').fields.map(({ id }) => id)).toEqual(['body.child']);
	});

	it.each([
		['nothing is said about it', undefined, { list: true, json: true, text: true, empty: true }],
		[
			'it is of any type',
			{ 'application/json': { schema: {} } },
			{ list: true, json: true, text: false, empty: false },
		],
		[
			'it is an object',
			{ 'application/json': { schema: { type: 'object' } } },
			{ list: false, json: true, text: false, empty: false },
		],
		['it is text', { 'text/vtt': {} }, { list: false, json: false, text: true, empty: false }],
		[
			'it is a file',
			{ 'image/png': { schema: { type: 'string', format: 'binary' } } },
			{ list: false, json: false, text: false, empty: false },
		],
	])('has an answer of the kinds that the schema tells: %s', (_, content, expected) => {
		const document = documentOf({ '/a': { get: { responses: { 200: { content } } } } });
		expect(shapeOf(document, 'GET /a').answers).toEqual(expected);
	});

	it('cannot be read when the body is of a type that this node does not send', () => {
		const document = documentOf({ '/a': { post: body({}, 'application/xml') } });
		expect(() => shapeOf(document, 'POST /a')).toThrow(/application\/xml/);
	});
});
