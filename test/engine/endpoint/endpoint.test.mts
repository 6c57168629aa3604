import type { INodeParameters } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import {
	ENDPOINTS,
	failureOf,
	publishClip,
	speak,
	storeAudio,
	useLab,
	voice,
} from '../../support/lab/index.mts';
import { answerSchema, NO_SCHEMA } from './schema.mts';

const NODE = 'fishSpeechEndpoint';
const lab = useLab();

// The schema is kept for five minutes; each test begins without one.
beforeEach(() => lab.clock?.skip(10 * 60_000));

function fields(value: INodeParameters): INodeParameters {
	return { mappingMode: 'defineBelow', value, schema: [] };
}

/** Call of an endpoint with its fields. */
function call(endpoint: string, value: INodeParameters = {}, more: INodeParameters = {}) {
	return { operation: 'call', endpoint: voice(endpoint), fields: fields(value), ...more };
}

function byJson(endpoint: string, parameters: unknown, more: INodeParameters = {}) {
	return jsonText(endpoint, JSON.stringify(parameters), more);
}

function jsonText(endpoint: string, jsonParameters: string, more: INodeParameters = {}) {
	return { operation: 'call', endpoint: voice(endpoint), send: 'json', jsonParameters, ...more };
}

describe('the list of endpoints', () => {
	it('has what the schema lists, with what each may cost', async () => {
		const { rows } = await lab.run(NODE, { operation: 'getAll', returnAll: true });
		expect(rows).toContainEqual({
			method: 'POST',
			path: '/images/generations',
			summary: 'Make an image',
			costs: true,
		});
		expect(rows).toContainEqual({
			method: 'DELETE',
			path: '/voices/{voiceId}',
			summary: 'Delete a voice',
			costs: false,
		});
		expect(rows).toHaveLength(16);
	});

	it('lacks what the account has not', async () => {
		lab.control.configure({ surfaces: [] });
		const { rows } = await lab.run(NODE, { operation: 'getAll', returnAll: true });
		expect(rows).toHaveLength(12);
		expect(JSON.stringify(rows)).not.toContain('images');
	});

	it('is searched by every word of method, path and summary', async () => {
		const { results } = await lab.engine.listSearch(NODE, 'searchEndpoints', {
			credential: lab.credential,
			filter: 'post IMAGE',
		});
		expect(results).toEqual([
			{ name: 'POST /images/generations · Make an image', value: 'POST /images/generations' },
		]);
	});

	it('has for status endpoints only those that take one ID', async () => {
		const { results } = await lab.engine.listSearch(NODE, 'searchStatusEndpoints', {
			credential: lab.credential,
		});
		expect(results.map(({ value }) => value)).toEqual([
			'GET /speech/tts/jobs/{taskId}',
			'GET /media/lip-sync/jobs/{jobId}',
			'GET /videos/{videoId}',
		]);
	});

	it('is read once in five minutes, and only from the origin of the base URL', async () => {
		await lab.run(NODE, { operation: 'getAll' });
		await lab.run(NODE, { operation: 'getAll' });
		expect(lab.control.requests('GET /api/openapi.json')).toHaveLength(1);
		lab.clock?.skip(5 * 60_000);
		await lab.run(NODE, { operation: 'getAll' });
		expect(lab.control.requests('GET /api/openapi.json')).toHaveLength(2);
	});

	it('says why it is empty', async () => {
		answerSchema(lab, NO_SCHEMA);
		const list = lab.engine.listSearch(NODE, 'searchEndpoints', {
			credential: lab.credential,
		});
		await expect(list).rejects.toThrow(/OpenAPI 3 schema/);
	});
});

describe('the fields of an endpoint', () => {
	it('have their names, types and choices for the mapper of n8n', async () => {
		const found = await lab.engine.resourceMapping(NODE, 'endpointFields', {
			credential: lab.credential,
			parameters: call('POST /images/generations'),
		});
		expect(found.fields).toMatchObject([
			{ id: 'body.prompt', type: 'string', required: true },
			{ id: 'body.size', type: 'options', required: false },
			{ id: 'body.seed', type: 'number', required: false },
		]);
	});
});

describe('a whole number with more digits than JSON carries', () => {
	const ID = '12345678901234567890';
	const schema = { type: 'integer' };

	beforeEach(() => {
		const parameters = [
			{ name: 'videoId', in: 'path', required: true, schema },
			{ name: 'after', in: 'query', schema },
			{ name: 'ids', in: 'query', schema: { type: 'array', items: schema } },
		];
		const list = { type: 'array', items: schema };
		const properties = { seed: schema, seeds: list, options: { type: 'object' } };
		const content = { 'application/json': { schema: { properties } } };
		answerSchema(lab, {
			openapi: '3.1.0',
			paths: {
				'/videos/{videoId}': { get: { parameters } },
				'/videos': { post: { requestBody: { content } } },
			},
		});
	});

	it('arrives digit by digit in a path and in a query', async () => {
		const values = { 'path.videoId': ID, 'query.after': `-${ID}` };
		await lab.run(NODE, call('GET /videos/{videoId}', values));
		expect(lab.control.requests(ENDPOINTS.getVideo)).toMatchObject([
			{ path: `/videos/${ID}`, query: { after: `-${ID}` } },
		]);
	});

	it('is refused in a body, before anything is sent', async () => {
		const result = await lab.run(NODE, call('POST /videos', { 'body.seed': ID }));
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining('"seed" is a text'),
			details: { reason: 'invalidParameter' },
		});
		expect(lab.control.requests('POST /videos')).toEqual([]);
	});

	it.each<[string, INodeParameters, string]>([
		['a list', call('POST /videos', { 'body.seeds': `[1, ${ID}]` }), 'seeds'],
		['an object', call('POST /videos', { 'body.options': `{ "a": { "id": ${ID} } }` }), 'options'],
		['a list of a query', call('GET /videos/{videoId}', { 'query.ids': `[${ID}]` }), 'ids'],
		['JSON', jsonText('POST /videos', `{ "body": { "seed": ${ID} } }`), 'JSON Parameters'],
		[
			'a path in JSON',
			jsonText('GET /videos/{videoId}', `{ "path": { "videoId": ${ID} } }`),
			'JSON Parameters',
		],
	])('is refused in the text of %s, before anything is sent', async (_, parameters, name) => {
		const result = await lab.run(NODE, parameters);
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining(`Parameter "${name}" has the number ${ID}, which JSON cannot`),
			details: { reason: 'invalidParameter' },
		});
		expect(result.error?.description).toContain('in quotes where the service takes a text');
		const called = lab.control.requests().filter(({ path }) => path !== '/api/openapi.json');
		expect(called).toEqual([]);
	});

	it('arrives in quotes, where it is sent as text', async () => {
		const values = { 'path.videoId': '1', 'query.ids': `["${ID}", 1]` };
		await lab.run(NODE, call('GET /videos/{videoId}', values));
		await lab.run(
			NODE,
			jsonText(
				'GET /videos/{videoId}',
				`{ "path": { "videoId": "${ID}" }, "query": { "ids": ["${ID}"] } }`,
			),
		);
		expect(lab.control.requests(ENDPOINTS.getVideo)).toMatchObject([
			{ query: { ids: `${ID},1` } },
			{ path: `/videos/${ID}`, query: { ids: ID } },
		]);
	});

	it('is not meant where a number is a fraction or stands in a text', async () => {
		const text = `{ "prompt": "id ${ID}", "ratio": 0.12345678901234567890 }`;
		await lab.run(NODE, jsonText('POST /videos', `{ "body": { "options": ${text} } }`));
		expect(lab.control.requests('POST /videos')).toMatchObject([
			{ body: { options: { prompt: `id ${ID}`, ratio: 0.12345678901234568 } } },
		]);
	});
});

describe('a list in a path or a query', () => {
	const list = (name: string, about: object) => ({
		name,
		schema: { type: 'array', items: { type: 'string' } },
		in: 'query',
		...about,
	});

	beforeEach(() => {
		const parameters = [
			list('videoId', { in: 'path', required: true }),
			list('each', {}),
			list('commas', { explode: false }),
			list('spaces', { style: 'spaceDelimited', explode: false }),
			list('pipes', { style: 'pipeDelimited', explode: false }),
		];
		answerSchema(lab, {
			openapi: '3.0.3',
			paths: { '/videos/{videoId}': { get: { parameters } } },
		});
	});

	it.each([
		['each', '["a,b", "c d"]', 'each=a%2Cb&each=c+d'],
		['commas', '["a,b", "c d"]', 'commas=a%2Cb,c%20d'],
		['spaces', '["a,b", "c|d"]', 'spaces=a%2Cb%20c%7Cd'],
		['pipes', '["a,b", "c d"]', 'pipes=a%2Cb%7Cc%20d'],
		['commas', '[]', ''],
	])('is sent as its parameter says: %s of %s', async (name, entries, rawQuery) => {
		const values = { 'path.videoId': '["x,y", "z"]', [`query.${name}`]: entries };
		await lab.run(NODE, call('GET /videos/{videoId}', values));
		const query = { commas: JSON.parse(entries) };
		if (name === 'commas')
			await lab.run(NODE, byJson('GET /videos/{videoId}', { path: { videoId: 'z' }, query }));
		const called = lab.control.requests(ENDPOINTS.getVideo);
		expect(called[0]?.path).toBe('/videos/x%2Cy,z');
		expect(new Set(called.map((request) => request.rawQuery))).toEqual(new Set([rawQuery]));
	});

	it.each<[string, INodeParameters, string]>([
		['a delimiter in an entry', { 'query.spaces': '["a b"]' }, '"spaces" has an entry with " "'],
		[
			'another delimiter in an entry',
			{ 'query.pipes': '["a|b"]' },
			'"pipes" has an entry with "|"',
		],
		['a slash in an entry', { 'path.videoId': '["a", "b/c"]' }, '"videoId" has characters that'],
		['no entries in a path', { 'path.videoId': '[]' }, '"videoId" is missing'],
	])('is refused with %s, before anything is sent', async (_, value, message) => {
		const parameters = call('GET /videos/{videoId}', { 'path.videoId': '["v"]', ...value });
		const { error } = await lab.run(NODE, parameters);
		expect(error?.message).toContain(message);
		expect(lab.control.requests(ENDPOINTS.getVideo)).toEqual([]);
	});
});

describe('a list of choices that nobody looks through', () => {
	it('is typed in, and checked when it is sent', async () => {
		const choices = Array.from({ length: 501 }, (_, index) => `choice ${index}`);
		const schema = { properties: { pick: { enum: choices } } };
		const post = { requestBody: { content: { 'application/json': { schema } } } };
		answerSchema(lab, { openapi: '3.1.0', paths: { '/videos': { post } } });
		const { fields: found } = await lab.engine.resourceMapping(NODE, 'endpointFields', {
			credential: lab.credential,
			parameters: call('POST /videos'),
		});
		expect(found).toMatchObject([{ id: 'body.pick', type: 'string' }]);
		const { error } = await lab.run(NODE, call('POST /videos', { 'body.pick': 'choice 501' }));
		expect(error?.message).toContain('"pick" is none of the values that are accepted');
	});
});

describe.each(['short', 'whole'] as const)('with %s paths in the schema', (schemaPaths) => {
	beforeEach(() => lab.control.configure({ schemaPaths }));

	it('an image is stored as a file of its type', async () => {
		const parameters = call('POST /images/generations', { 'body.prompt': 'A lighthouse' });
		const { outputs, rows, error } = await lab.run(NODE, parameters);
		expect(error).toBeUndefined();
		expect(rows[0]).toMatchObject({ mimeType: 'image/png' });
		expect(outputs[0]?.[0]?.binary?.data).toMatchObject({
			mimeType: 'image/png',
			fileName: 'generations.png',
		});
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('a video is waited for and fetched', async () => {
		const parameters = call(
			'POST /videos',
			{ 'body.prompt': 'Waves', 'body.durationSeconds': '0.4' },
			{ waitForCompletion: true, statusEndpoint: voice('GET /videos/{videoId}') },
		);
		const { outputs, rows, error } = await lab.run(NODE, parameters);
		expect(error).toBeUndefined();
		expect(rows[0]).toMatchObject({ state: 'succeeded', mimeType: 'video/mp4' });
		expect(outputs[0]?.[0]?.binary?.data?.mimeType).toBe('video/mp4');
		expect(lab.control.requests('POST /videos')[0]?.body).toEqual({
			prompt: 'Waves',
			durationSeconds: 0.4,
		});
	});

	it('a list becomes items', async () => {
		await lab.run(NODE, call('POST /images/generations', { 'body.prompt': 'One' }));
		await lab.run(NODE, call('POST /images/generations', { 'body.prompt': 'Two' }));
		const { rows } = await lab.run(NODE, call('GET /usage', { 'query.limit': 5 }));
		expect(rows).toMatchObject([
			{ endpoint: 'POST /images/generations', creditsUsed: 20 },
			{ endpoint: 'POST /images/generations', creditsUsed: 20 },
		]);
		const whole = await lab.run(NODE, call('GET /usage', {}, { simplify: false }));
		expect(whole.rows).toMatchObject([{ total: 2, raw: { total: 2 } }]);
	});

	it('every endpoint of the other nodes has the same outcome through this one', async () => {
		lab.control.configure({ jobDurationMs: 0 });
		const spoken = await speak(lab, 'The kettle boils.');
		const samples = [{ json: {}, binary: { sample: await storeAudio(lab, spoken.bytes) } }];
		const speech = { 'body.text': 'Good morning.', 'body.voiceId': 'voice_123' };
		const run = async (parameters: INodeParameters, items?: typeof samples) => {
			const result = await lab.run(NODE, parameters, { items: items ?? [{ json: {} }] });
			expect(result.error?.message).toBeUndefined();
			return result;
		};
		const profile = await run(call('GET /profile'));
		expect(profile.rows).toEqual((await lab.run('fishSpeechProfile', { operation: 'get' })).rows);
		await run(call('POST /profile', { 'body.webhookUrl': 'https://example.com/hook' }));
		const audio = await run(call('POST /speech/tts', speech));
		expect(audio.outputs[0]?.[0]?.binary?.data?.mimeType).toBe('audio/mpeg');
		const byUrl = await run(call('POST /speech/tts', { ...speech, 'body.cache': true }));
		expect(byUrl.outputs[0]?.[0]?.binary?.data?.mimeType).toBe('audio/mpeg');
		const job = await run(call('POST /speech/tts/jobs', speech));
		const taskId = String(job.rows[0]?.['id']);
		const read = await run(call('GET /speech/tts/jobs/{taskId}', { 'path.taskId': taskId }));
		expect(read.rows[0]).toMatchObject({ id: taskId, status: 'completed' });
		const audioUrl = spoken.url;
		const text = await run(call('POST /speech/transcriptions', { 'body.audioUrl': audioUrl }));
		expect(text.rows[0]).toMatchObject({ text: 'The kettle boils.' });
		const made = await run(
			call('POST /voices', { 'body.name': 'Anna', 'file.audioFiles': 'sample' }),
			samples,
		);
		const voiceId = String(made.rows[0]?.['voiceId']);
		const voices = await run(call('GET /voices', { 'query.search': 'Anna' }));
		expect(voices.rows.map((row) => row['id'])).toContain(voiceId);
		await run(call('DELETE /voices/{voiceId}', { 'path.voiceId': voiceId }));
		const videoUrl = await publishClip(lab);
		const lipSync = await run(
			call('POST /media/lip-sync/jobs', { 'body.videoUrl': videoUrl, 'body.audioUrl': audioUrl }),
		);
		expect(lipSync.rows[0]).toMatchObject({ success: true });
		const listed = await run(call('GET /media/lip-sync/jobs', { 'query.limit': 10 }));
		const jobId = String(listed.rows[0]?.['id']);
		await run(call('GET /media/lip-sync/jobs/{jobId}', { 'path.jobId': jobId }));
	}, 30_000);
});

describe('a value that does not fit the schema', () => {
	it.each<[string, INodeParameters, RegExp]>([
		['is missing', {}, /"prompt" is missing/],
		['is none of the choices', { 'body.prompt': 'a', 'body.size': '3x3' }, /"size" is none/],
		['is of another type', { 'body.prompt': 'a', 'body.seed': 'many' }, /"seed" is a text/],
		['is out of range', { 'body.prompt': 'a', 'body.seed': -1 }, /"seed" is -1/],
		['belongs to no field', { 'body.prompt': 'a', 'body.style': 'b' }, /has "body\.style"/],
	])('is refused before anything is sent when it %s', async (_, value, message) => {
		const { error } = await lab.run(NODE, call('POST /images/generations', value));
		expect(error?.message).toMatch(message);
		expect(lab.control.requests('POST /images/generations')).toHaveLength(0);
	});

	it('is refused as JSON too', async () => {
		const { error } = await lab.run(NODE, byJson('POST /videos', { body: { prompt: 5 } }));
		expect(error?.message).toMatch(/"prompt" is a number/);
	});

	it('cannot lead to another path', async () => {
		const parameters = byJson('GET /videos/{videoId}', { path: { videoId: '../profile' } });
		const { error } = await lab.run(NODE, parameters);
		expect(error?.message).toMatch(/"videoId" has characters that lead elsewhere/);
	});
});

describe('what holds for every node', () => {
	const image = call('POST /images/generations', { 'body.prompt': '={{ $json.text }}' });
	const items = ['a', 'b', 'c'].map((text) => ({ json: { text } }));

	it('buys nothing twice when n8n runs the node again', async () => {
		lab.control.addFaults({
			match: { path: 'POST /images/generations', nth: 3 },
			do: { kind: 'status', status: 500 },
		});
		const { error } = await lab.run(NODE, image, {
			items,
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		expect(error?.message).toMatch(/answered 500/);
		// The third may have been charged: neither it nor the two before are sent again.
		expect(lab.control.requests('POST /images/generations')).toHaveLength(3);
	});

	it.each([
		['a 204', 204, {}],
		['an empty body', 200, {}],
		['an empty body of unknown length', 200, { 'transfer-encoding': 'chunked' }],
	])('takes %s as the answer to a delete', async (_, status, headers) => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.deleteVoice },
			do: { kind: 'raw', status, contentType: '', headers },
		});
		const remove = call('DELETE /voices/{voiceId}', { 'path.voiceId': 'voice_anna' });
		const result = await lab.run(NODE, remove);
		expect(result.error?.message).toBeUndefined();
		expect(result.rows).toMatchObject([{ done: true, httpStatus: status }]);
	});

	it('sends one idempotency key with a create and none with a read', async () => {
		await lab.run(NODE, image, { items: items.slice(0, 1) });
		await lab.run(NODE, call('GET /usage'));
		expect(lab.control.requests('POST /images/generations')[0]?.idempotencyKey).toMatch(/./);
		expect(lab.control.requests('GET /usage')[0]?.idempotencyKey).toBeUndefined();
	});

	it('sends an item with a once key at most once', async () => {
		const keyed = { ...image, options: { onceKey: '={{ $json.text }}' } };
		await lab.run(NODE, keyed, { items });
		const { rows } = await lab.run(NODE, keyed, { items });
		expect(rows).toEqual(items.map(({ json }) => ({ skipped: true, onceKey: json.text })));
		expect(lab.control.charges()).toHaveLength(3);
	});

	it.each(['$fromAI', '$fromai'])(
		'leaves no choice of the endpoint to a model: %s',
		async (name) => {
			const chosen = call(`={{ ${name}("Endpoint") }}`, { 'body.prompt': 'A boat' });
			const { error } = await lab.run(NODE, chosen);
			expect(error?.message).toContain('Parameter "Endpoint" is left to the model');
			expect(lab.control.charges()).toEqual([]);
		},
	);

	it('stops what costs, and nothing else, when the account is empty', async () => {
		lab.control.addFaults({
			match: { path: 'POST /images/generations', nth: 2 },
			do: { kind: 'status', status: 402, code: 'insufficient_credits' },
		});
		const { rows } = await lab.run(
			NODE,
			{ ...image, options: { concurrency: 1 } },
			{ items, settings: { onError: 'continueRegularOutput' } },
		);
		expect(rows.slice(1).map(({ details }) => Object(details).reason)).toEqual([
			'insufficientCredits',
			'notSent',
		]);
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('waits for no job of an endpoint that answers with a file', async () => {
		const waits = { waitForCompletion: true, statusEndpoint: voice('GET /videos/jobs/{jobId}') };
		const { error } = await lab.run(NODE, { ...image, ...waits }, { items: items.slice(0, 1) });
		expect(error?.message).toContain('the endpoint answers with a file at once');
		expect(lab.control.charges()).toEqual([]);
	});

	it('delivers an answer that names no job, although it was to be waited for', async () => {
		answerSchema(lab, NO_SCHEMA);
		const waits = { waitForCompletion: true, statusEndpoint: voice('GET /videos/{videoId}') };
		const byId = byJson('POST /images/generations', { body: { prompt: 'A boat' } }, waits);
		const { outputs, error, hints } = await lab.run(NODE, byId);
		expect(error).toBeUndefined();
		expect(outputs[0]?.[0]?.binary?.data?.mimeType).toBe('image/png');
		expect(hints[0]?.message).toContain('names no job, so there was nothing to wait for');
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('waits for nothing when a method creates no job', async () => {
		const { rows, error } = await lab.run(
			NODE,
			call('GET /usage', {}, { waitForCompletion: true }),
		);
		expect(error).toBeUndefined();
		expect(rows).toEqual([]);
	});

	it('buys no job anew when waiting is switched off or on before Retry', async () => {
		lab.control.configure({ jobDurationMs: 60_000 });
		const video = (waitForCompletion: boolean) =>
			call(
				'POST /videos',
				{ 'body.prompt': 'Waves' },
				{
					waitForCompletion,
					statusEndpoint: voice('GET /videos/{videoId}'),
					options: waitForCompletion ? { waitTimeoutSeconds: 2 } : {},
				},
			);
		const late = await lab.run(NODE, video(true));
		const { reason, jobId: id } = failureOf(late).details;
		expect(reason).toBe('jobTimeout');
		expect(late.error?.description).toContain(`call GET /videos/{videoId} with the ID ${id}`);
		const unwaited = await lab.engine.retry(late, { parameters: video(false) });
		expect(unwaited.rows).toEqual([{ id, status: 'queued' }]);
		const again = await lab.engine.retry(late, { parameters: video(true) });
		expect(failureOf(again).details).toMatchObject({ reason: 'jobTimeout', jobId: id });
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('calls by ID and JSON without a schema', async () => {
		answerSchema(lab, NO_SCHEMA);
		const byId = byJson('POST /images/generations', { body: { prompt: 'A boat' } });
		const { outputs, error } = await lab.run(NODE, byId);
		expect(error).toBeUndefined();
		expect(outputs[0]?.[0]?.binary?.data?.mimeType).toBe('image/png');
		const refused = await lab.run(NODE, call('POST /images/generations', { 'body.prompt': 'a' }));
		expect(refused.error?.message).toMatch(/OpenAPI 3 schema/);
	});

	it('takes no name of a file for a text while there is no schema', async () => {
		answerSchema(lab, NO_SCHEMA);
		const data = await storeAudio(lab, Buffer.from('ID3 audio'));
		const byId = byJson('POST /voices', { body: { name: 'Anna', audioFiles: 'data' } });
		const { error } = await lab.run(NODE, byId, { items: [{ json: {}, binary: { data } }] });
		expect(error?.message).toMatch(/"audioFiles" names a binary field of the item, but the schema/);
		expect(lab.control.requests('POST /voices')).toEqual([]);
	});

	it('goes on with the schema that it knows while the service cannot answer', async () => {
		await lab.run(NODE, image, { items: items.slice(0, 1) });
		lab.clock?.skip(10 * 60_000);
		lab.control.addFaults({
			match: { path: 'GET /api/openapi.json', times: 'always' },
			do: { kind: 'status', status: 502 },
		});
		const { error } = await lab.run(NODE, image, { items: items.slice(1, 2) });
		expect(error?.message).toBeUndefined();
		expect(lab.control.charges()).toHaveLength(2);
	});

	it('maps the fields of the item by their names', async () => {
		const parameters = {
			operation: 'call',
			endpoint: voice('POST /images/generations'),
			fields: { mappingMode: 'autoMapInputData', value: null, schema: [] },
		};
		await lab.run(NODE, parameters, { items: [{ json: { prompt: 'A bridge', other: 1 } }] });
		expect(lab.control.requests('POST /images/generations')[0]?.body).toEqual({
			prompt: 'A bridge',
		});
	});
});
