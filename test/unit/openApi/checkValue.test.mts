import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkValue } from '../../../nodes/shared/openApi/checkValue.ts';

type Schema = Parameters<typeof checkValue>[1];

interface Group {
	readonly description: string;
	readonly schema: Readonly<Record<string, unknown>>;
	readonly tests: ReadonlyArray<{
		readonly description: string;
		readonly data: unknown;
		readonly valid: boolean;
	}>;
}

/** Draft 4 is the dialect of OpenAPI 3.0; its files are called by their keyword. */
const suite = path.join(
	path.dirname(createRequire(import.meta.url).resolve('json-schema-test-suite/package.json')),
	'tests/draft4',
);

const KNOWN = [
	...['additionalProperties', 'allOf', 'anyOf', 'enum', 'items', 'maxItems', 'maxLength'],
	...['maxProperties', 'maximum', 'minItems', 'minLength', 'minProperties', 'minimum'],
	...['multipleOf', 'not', 'oneOf', 'properties', 'ref', 'required', 'type', 'uniqueItems'],
];

/** Left to the service: patterns, keywords of other drafts, other documents. */
const UNCHECKED = [
	...['additionalItems', 'default', 'definitions', 'dependencies', 'pattern'],
	...['patternProperties', 'refRemote'],
];

/** Groups that need a pattern to be run, another document, or `items` as the list that is `prefixItems` today. */
const BEYOND: ReadonlySet<string> = new Set([
	'an array of schemas for items',
	'remote ref, containing refs itself',
	'relative pointer ref to array',
	'additionalProperties being false does not allow other properties',
	'properties, patternProperties, additionalProperties interaction',
]);

function groupsOf(keyword: string): Group[] {
	const groups: Group[] = JSON.parse(readFileSync(path.join(suite, `${keyword}.json`), 'utf8'));
	return groups.filter(({ description }) => !BEYOND.has(description));
}

describe("the suite of JSON Schema's own", () => {
	it('has no keyword that nobody has looked at', () => {
		const keywords = readdirSync(suite)
			.filter((file) => file.endsWith('.json'))
			.map((file) => path.basename(file, '.json'));
		expect(keywords.sort()).toEqual([...KNOWN, ...UNCHECKED].sort());
	});

	it.each(KNOWN)('agrees about %s', (keyword) => {
		const groups = groupsOf(keyword);
		expect(groups.length).toBeGreaterThan(0);
		const wrong = groups.flatMap(({ description, schema, tests }) =>
			tests
				.filter(({ data, valid }) => (checkValue(data, schema, schema) === undefined) !== valid)
				.map((test) => `${description}: ${test.description}`),
		);
		expect(wrong).toEqual([]);
	});
});

const check = (value: unknown, schema: Schema, root = {}) => checkValue(value, schema, root);

describe('a value', () => {
	it.each<[unknown, Schema]>([
		[null, { type: 'string', nullable: true }],
		[null, { type: ['string', 'null'] }],
		[5, { exclusiveMinimum: 4, exclusiveMaximum: 6 }],
		['a', { const: 'a' }],
		[0.3, { multipleOf: 0.1 }],
		['anything', { type: 'file' }],
		['aaa', { pattern: '(a+)+$' }],
		[{ other: 1 }, { additionalProperties: false, patternProperties: { o: {} } }],
		[['a', 1], { prefixItems: [{}], items: false }],
		['👍🏽', { maxLength: 2 }],
	])('%j fits %j', (value, schema) => {
		expect(check(value, schema)).toBeUndefined();
	});

	it.each<[unknown, Schema, string, string, string]>([
		[5, { exclusiveMinimum: 5 }, '', 'is 5', 'a number above 5'],
		[5, { maximum: 5, exclusiveMaximum: true }, '', 'is 5', 'a number below 5'],
		['b', { const: 'a' }, '', 'is none of the values that are accepted', 'a'],
		['x', { enum: ['s', 'm'] }, '', 'is none of the values that are accepted', 's, m'],
		['1', { type: 'integer' }, '', 'is a text', 'a whole number'],
		[
			[{}],
			{ items: { required: ['a'] } },
			'[0].a',
			'is missing',
			'a value, because it is required',
		],
		[
			{ b: 1 },
			{ properties: { a: {} }, additionalProperties: false },
			'b',
			'is not a field of this endpoint',
			'a',
		],
		[1, false, '', 'is not allowed here', 'nothing'],
	])(
		'%j does not fit %j, and the message says where and why',
		(value, schema, at, found, accepted) => {
			expect(check(value, schema)).toEqual({ at, found, accepted });
		},
	);

	const text = { type: 'string' };
	const isUrl = { type: 'string', pattern: '^https:' };
	it.each<[string, unknown, Schema]>([
		['two forms differ in a pattern', 'a', { oneOf: [isUrl, text] }],
		['two forms differ in a format', 'a', { oneOf: [{ format: 'uri' }, { format: 'uuid' }] }],
		[
			'two forms differ in a keyword deep inside',
			{ a: [{ b: 'x' }] },
			{
				oneOf: ['contains', 'x', 'if'].map((keyword) => ({
					properties: { a: { items: { properties: { b: { allOf: [{ [keyword]: {} }] } } } } },
				})),
			},
		],
		['two forms are made of others', 'a', { oneOf: [{ anyOf: [isUrl] }, { not: isUrl }] }],
		['two forms are of an unknown type', 'a', { oneOf: [{ type: 'file' }, { type: 'file' }] }],
		['two forms list their entries', [1], { oneOf: [{ items: [isUrl] }, { items: [text] }] }],
		['a form refers to itself', 'a', { oneOf: [{ $ref: '#/Loop' }, { $ref: '#/Loop' }] }],
		[
			'a discriminator tells two forms apart',
			{ kind: 'a' },
			{ oneOf: [{ type: 'object' }, { required: ['kind'] }], discriminator: {} },
		],
		['one form fits, and one may', 'a', { oneOf: [text, isUrl, isUrl] }],
		['a pattern is excluded', 'a', { not: isUrl }],
		['what is excluded has an unchecked part', { a: 'x' }, { not: { properties: { a: isUrl } } }],
		['an exclusion is excluded', 'a', { not: { not: isUrl } }],
		['all of several forms may be excluded', 'a', { not: { allOf: [text, isUrl] } }],
		['one of several forms may be excluded', 'a', { not: { oneOf: [isUrl, { type: 'null' }] } }],
		['a condition is not met', { a: 1 }, { if: { required: ['a'] }, then: { required: ['b'] } }],
		['another field asks for it', { a: 1 }, { dependentRequired: { a: ['b'] } }],
		['others are excluded', { a: 1 }, { unevaluatedProperties: false }],
	])('is left to the service where %s', (_, value, schema) => {
		const Loop = { allOf: [{ $ref: '#/Loop' }] };
		expect(check(value, schema, { Loop })).toBeUndefined();
	});

	it.each<[string, unknown, Schema, string]>([
		['two forms fit', 'a', { oneOf: [text, {}] }, 'fits more than one form'],
		['two forms fit beside others', 'a', { oneOf: [isUrl, text, {}] }, 'fits more than one form'],
		[
			'the forms that fit are only described',
			'a',
			{ oneOf: [{ title: 'A' }, { description: 'B', example: 1, 'x-internal': true }] },
			'fits more than one form',
		],
		['no form can fit', 1, { oneOf: [isUrl, isUrl] }, 'fits none of its forms'],
		['what is excluded fits', 'a', { not: text }, 'is not allowed'],
		['an exclusion that fits is excluded', 1, { not: { not: isUrl } }, 'is not allowed'],
	])('is refused where, for certain, %s', (_, value, schema, found) => {
		expect(check(value, schema)?.found).toContain(found);
	});

	const readOnly = { properties: { id: { readOnly: true }, name: text } };
	const needed = { required: ['id', 'name'] };
	it.each<[string, Schema]>([
		['beside it', { ...readOnly, ...needed }],
		['in another part', { allOf: [readOnly, needed] }],
		['in a part, and it is required outside of it', { ...needed, allOf: [readOnly] }],
		['outside of the part that requires it', { ...readOnly, allOf: [needed] }],
		['in a part of a part', { allOf: [{ allOf: [{ allOf: [readOnly] }] }, { allOf: [needed] }] }],
		['by reference', { allOf: [{ $ref: '#/ReadOnly' }, { $ref: '#/Needed' }] }],
		['beside a reference', { $ref: '#/Needed', ...readOnly }],
		['in one of several forms', { ...needed, oneOf: [readOnly, { required: ['none'] }] }],
		['in its own schema', { ...needed, properties: { id: { $ref: '#/Id' } } }],
		[
			'in a part of its own schema',
			{ ...needed, properties: { id: { allOf: [{ $ref: '#/Id' }] } } },
		],
	])('lacks what is read-only %s, and nothing else that is required', (_, schema) => {
		const root = { ReadOnly: readOnly, Needed: needed, Id: { readOnly: true } };
		expect(check({ name: 'a' }, schema, root)).toBeUndefined();
		expect(check({ id: 1 }, schema, root)).toMatchObject({ at: 'name', found: 'is missing' });
		expect(check([{}], { items: schema }, root)).toMatchObject({ at: '[0].name' });
	});

	it.each<[string, Schema]>([
		['another object', { ...needed, properties: { child: readOnly } }],
		['what it must not be', { ...needed, not: { ...readOnly, type: 'null' } }],
	])('needs what is read-only only in %s', (_, schema) => {
		expect(check({ name: 'a', child: {} }, schema)).toMatchObject({ at: 'id' });
	});

	it('is never part of the message', () => {
		const secret = 'a text that is nobody’s business';
		const schemas: Schema[] = [{ type: 'number' }, { enum: ['a'] }, { maxLength: 3 }, { const: 1 }];
		for (const schema of schemas)
			expect(JSON.stringify(check(secret, schema))).not.toContain('nobody');
	});

	it('is checked to its end by a schema that holds itself', () => {
		const root = {
			components: {
				schemas: {
					Node: {
						type: 'object',
						required: ['name'],
						properties: { child: { $ref: '#/components/schemas/Node' } },
						allOf: [{ $ref: '#/components/schemas/Node' }],
					},
				},
			},
		};
		const schema = { $ref: '#/components/schemas/Node' };
		const value = { name: 'a', child: { name: 'b', child: {} } };
		expect(check(value, schema, root)?.at).toBe('child.child.name');
		expect(check({ name: 'a' }, schema, root)).toBeUndefined();
	});

	it('is looked for in long lists of choices', () => {
		const choices = Array.from({ length: 50_000 }, (_, number) => `voice-${number}`);
		const voices = [...choices.slice(-100), 'voice-none'];
		expect(check(voices, { items: { enum: choices } })).toMatchObject({ at: '[100]' });
	});

	it('is not checked for ever by a schema that multiplies', () => {
		const schemas = Object.fromEntries(
			Array.from({ length: 40 }, (_, index) => {
				const next = { $ref: `#/components/schemas/S${index + 1}` };
				return [`S${index}`, { items: { anyOf: [next, next] }, anyOf: [next, next, { not: {} }] }];
			}),
		);
		const root = { components: { schemas: { ...schemas, S40: {} } } };
		let value: unknown = [];
		for (let depth = 0; depth < 30; depth += 1) value = [value, value].slice(0, 1);
		// Every branch would take years.
		expect(check(value, { $ref: '#/components/schemas/S0' }, root)).toBeUndefined();
	});

	const forms = (form: Schema) => ({ anyOf: Array.from({ length: 100_000 }, () => form) });
	const large = Array.from({ length: 20_000 }, (_, number) => `entry ${number}`);
	it.each<[string, unknown, Schema]>([
		['counts a long text', 'x'.repeat(1_000_000), forms({ maxLength: 1 })],
		['writes out a large list', large, forms({ const: ['a'] })],
		['compares the entries of a list', [{ large }, 1], forms({ uniqueItems: true, maxItems: 1 })],
		['goes through the fields of an object', { ...large }, forms({ properties: {}, not: {} })],
		['shows a large choice', 1, forms({ const: large })],
		['has many types', 1, forms({ type: Array.from({ length: 10_000 }, () => 'string') })],
	])('is checked in a moment although each of many forms %s', (_, value, schema) => {
		expect(['fits none of its forms', undefined]).toContain(check(value, schema)?.found);
	});

	it('is refused where the schema leads out of the document', () => {
		expect(() => check(1, { $ref: 'https://example.com/schema.json' })).toThrow(/outside/);
	});

	it('does not write out a large value for schemas that list no choices', () => {
		const Node = { anyOf: Array.from({ length: 50 }, () => ({ $ref: '#/Node' })) };
		expect(checkValue('x'.repeat(1_000_000), Node, { Node })).toBeUndefined();
	}, 20_000);
});
