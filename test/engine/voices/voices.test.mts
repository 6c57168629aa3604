import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import type { ReceivedPart } from '../../sandbox/requests.mts';
import {
	callLines,
	ENDPOINTS,
	failureOf,
	ledgerOf,
	rowsOf,
	storeClip,
	useLab,
	voice,
	type LabRun,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechVoices';
const MEGABYTE = 1024 ** 2;

const lab = useLab();

async function sample(fileName: string, mimeType: string, bytes = Buffer.from('sound')) {
	return await lab.engine.binary.put(bytes, { fileName, mimeType });
}

async function create(parameters: INodeParameters = {}, run?: LabRun) {
	const items = [{ binary: { data: await sample('anna.wav', 'audio/wav') } }];
	return await lab.run(
		NODE,
		{ operation: 'create', name: 'Anna', ...parameters },
		run ?? { items },
	);
}

function sentParts(): readonly ReceivedPart[] {
	const [request] = lab.control.requests(ENDPOINTS.createVoice);
	return Array.isArray(request?.body) ? request.body : [];
}

describe('create', () => {
	it('sends name, visibility and the recording, and returns the new voice', async () => {
		const result = await create();
		expect(result.rows).toEqual([
			{
				voiceId: lab.control.requests(ENDPOINTS.createVoice)[0]?.createdId,
				name: 'Anna',
				provider: 'fishaudio',
				visibility: 'private',
			},
		]);
		expect(sentParts()).toEqual([
			{ kind: 'field', name: 'name', value: 'Anna' },
			{ kind: 'field', name: 'visibility', value: 'private' },
			{
				kind: 'file',
				name: 'audioFiles',
				fileName: 'anna.wav',
				mimeType: 'audio/wav',
				byteLength: 5,
				sha256: expect.any(String),
			},
		]);
		expect(lab.control.requests(ENDPOINTS.createVoice)[0]?.idempotencyKey).toMatch(/^[\da-f]{32}$/);
	});

	it('takes its once key back when a recording cannot be read, since nothing was sent', async () => {
		const options = { onceKey: 'anna' };
		const items = [{ binary: { data: await sample('anna.wav', 'audio/wav') } }];
		await lab.engine.binary.deleteExecution('upstream', 'upstream');
		const failed = await create({ options }, { items });
		expect(failureOf(failed)).toMatchObject({ details: { attempts: 0, outcomeUnknown: false } });
		expect(lab.control.requests()).toHaveLength(0);
		expect((await create({ options })).rows[0]).toMatchObject({ name: 'Anna' });
	});

	it('sends all options and several recordings, each under a name that says its type', async () => {
		const binary = {
			a: await sample('a.mpeg', 'audio/mp3'),
			b: await sample('b', 'audio/x-m4a'),
			c: await sample('c.flac', 'application/octet-stream'),
			d: await sample('d.oga', 'audio/ogg; codecs=opus'),
		};
		const options = {
			visibility: 'public',
			description: ' Warm and calm ',
			referenceText: 'Grüße aus Köln!',
			languages: 'en, pt-BR',
		};
		const result = await create(
			{ inputBinaryFields: 'a, b,c , d', options },
			{ items: [{ binary }] },
		);
		expect(result.status).toBe('success');
		const fields = sentParts().filter((part) => part.kind === 'field');
		expect(fields.map(({ name, value }) => [name, value])).toEqual([
			['name', 'Anna'],
			['visibility', 'public'],
			['description', 'Warm and calm'],
			['referenceText', 'Grüße aus Köln!'],
			['languages', '["en","pt-BR"]'],
		]);
		const files = sentParts().filter((part) => part.kind === 'file');
		expect(files.map(({ fileName, mimeType }) => [fileName, mimeType])).toEqual([
			['a.mpeg.mp3', 'audio/mpeg'],
			['b.m4a', 'audio/mp4'],
			['c.flac', 'audio/flac'],
			['d.oga.ogg', 'audio/ogg'],
		]);
	});

	it('finds the new id wherever the service puts it', async () => {
		const answers = [
			[{ id: 'v1' }, { voiceId: 'v1', name: 'Anna' }],
			[
				{ voiceId: 'v2', status: 'training' },
				{ voiceId: 'v2', name: 'Anna', status: 'training' },
			],
			[
				{ success: true, voice: { voice_id: 'v3', title: 'A', sample_count: 2 } },
				{ voiceId: 'v3', name: 'A', success: true, sampleCount: 2 },
			],
			[
				{ modelId: 'engine', voice: { id: 'v4' } },
				{ voiceId: 'v4', name: 'Anna' },
			],
		] as const;
		for (const [body, row] of answers) {
			lab.control.addFaults({
				match: { path: ENDPOINTS.createVoice },
				do: { kind: 'raw', contentType: 'application/json', body: JSON.stringify(body) },
			});
			expect((await create()).rows).toEqual([row]);
		}
	});

	it('says which fields an answer without an id has, and does not create again', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.createVoice },
			do: { kind: 'raw', contentType: 'application/json', body: '{"status":"ok"}' },
		});
		const { error, details } = failureOf(await create());
		expect(error).toContain('JSON without the ID of a voice (it has the fields status)');
		expect(details).toMatchObject({ outcomeUnknown: true });
	});

	it('keeps the reference text out of errors', async () => {
		const referenceText = 'What the speaker says in private.';
		lab.control.addFaults({
			match: { path: ENDPOINTS.createVoice },
			do: { kind: 'status', status: 400, message: `referenceText: "${referenceText}" differs` },
		});
		const { error } = failureOf(await create({ options: { referenceText } }));
		expect(error).toContain('referenceText: "[text]" differs');
	});

	it('is remembered: n8n’s next try does not make the voice again', async () => {
		const data = await sample('anna.wav', 'audio/wav');
		lab.control.addFaults({
			match: { path: ENDPOINTS.createVoice, nth: 2 },
			do: { kind: 'status', status: 429 },
		});
		const result = await create(
			{ options: { concurrency: 1, maxRetries: 0 } },
			{
				items: [{ binary: { data } }, { binary: { data } }],
				settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
			},
		);
		expect(result.rows).toHaveLength(2);
		expect(
			lab.control.requests(ENDPOINTS.createVoice).filter(({ accepted }) => accepted),
		).toHaveLength(2);
	});
});

describe('create refuses, before anything is sent,', () => {
	const accepted = 'recordings as WAV, MP3, M4A, OGG or FLAC, at most 25 MB each';
	it.each([
		['no name', { name: '={{ " " }}' }, 'Parameter "Name" is empty', 'a name'],
		['no field', { inputBinaryFields: ' , ' }, 'does not name a field', accepted],
		[
			'a field that is not there',
			{ inputBinaryFields: 'data, anna' },
			'is "anna", but the item has no such binary field',
			'one of the binary fields of the item: data, clip, webm, empty, large',
		],
		[
			'a video',
			{ inputBinaryFields: 'data,clip' },
			'is "clip", whose file is of type video/mp4',
			accepted,
		],
		[
			'WebM',
			{ inputBinaryFields: 'webm' },
			'is "webm", whose file is of type audio/webm',
			accepted,
		],
		['an empty file', { inputBinaryFields: 'empty' }, 'is "empty", whose file is empty', accepted],
		[
			'26 MB',
			{ inputBinaryFields: 'data, large' },
			'holds large.wav, which is larger than 25 MB',
			accepted,
		],
		['a language', { options: { languages: 'en, english' } }, 'is "english"', 'a code such as en'],
		['a visibility', { options: { visibility: 'hidden' } }, 'is "hidden"', 'private, public'],
	])('%s', async (_name, parameters, found, expected) => {
		const binary = {
			data: await sample('anna.wav', 'audio/wav'),
			clip: await storeClip(lab),
			webm: await sample('a.webm', 'audio/webm'),
			empty: await sample('a.wav', 'audio/wav', Buffer.alloc(0)),
			large: await sample('large.wav', 'audio/wav', Buffer.alloc(26 * MEGABYTE)),
		};
		const result = await create(parameters, { items: [{ binary }] });
		const { error, message, details } = failureOf(result);
		expect(error).toContain(found);
		expect(message).toContain(`Accepted: ${expected}`);
		expect(details).toMatchObject({ reason: 'invalidParameter', attempts: 0 });
		expect(callLines(result)).toEqual([]);
	});

	it('26 MB too where the store does not tell the size of a file', async () => {
		const large = await sample('large.wav', 'audio/wav', Buffer.alloc(26 * MEGABYTE));
		const { bytes: _untold, ...data } = large;
		const result = await create({}, { items: [{ binary: { data } }] });
		expect(failureOf(result).details).toMatchObject({ reason: 'invalidParameter' });
		expect(lab.control.requests(ENDPOINTS.createVoice)).toEqual([]);
	});

	it('but takes exactly 25 MB', async () => {
		const data = await sample('large.wav', 'audio/wav', Buffer.alloc(25 * MEGABYTE));
		expect((await create({}, { items: [{ binary: { data } }] })).status).toBe('success');
	});
});

describe('delete', () => {
	const remove = async (voiceId: string, options = {}, run?: LabRun) =>
		await lab.run(NODE, { operation: 'delete', voiceId: voice(voiceId), options }, run);

	it('removes a voice', async () => {
		const result = await remove('voice_anna');
		expect(result.rows).toEqual([{ deleted: true, voiceId: 'voice_anna' }]);
		expect(lab.control.voices().map(({ id }) => id)).not.toContain('voice_anna');
	});

	it('takes any answer of success, whatever is in it', async () => {
		for (const [contentType, body] of [
			['text/plain', ''],
			['text/plain', 'OK'],
			['application/json', 'true'],
			['application/json', '[]'],
			['application/json', '{"deleted":"yes"}'],
		]) {
			lab.control.addFaults({
				match: { path: ENDPOINTS.deleteVoice },
				do: { kind: 'raw', contentType, body },
			});
			expect((await remove('voice_anna')).rows).toEqual([{ deleted: true, voiceId: 'voice_anna' }]);
		}
	});

	it('fails with notFound for a voice that the account does not have', async () => {
		const { details } = failureOf(await remove('voice_of_others'));
		expect(details).toMatchObject({ reason: 'notFound', attempts: 1, kind: 'terminal' });
	});

	it('fails with conflict for a voice that is in use', async () => {
		lab.control.markVoiceInUse('voice_anna');
		expect(failureOf(await remove('voice_anna')).details).toMatchObject({ reason: 'conflict' });
	});

	it('counts a 404 after a try of its own as deleted', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.deleteVoice },
			do: { kind: 'reset', accept: true },
		});
		const result = await remove('voice_anna');
		expect(result.rows).toEqual([{ deleted: true, voiceId: 'voice_anna' }]);
		expect(lab.control.requests(ENDPOINTS.deleteVoice).map(({ status }) => status)).toEqual([
			undefined,
			404,
		]);
	});

	it.each([
		['a connection that broke', { kind: 'reset' }, true],
		['a 500', { kind: 'status', status: 500 }, true],
		['a time-out', { kind: 'stall' }, true],
		['a 429', { kind: 'status', status: 429 }, false],
		['a 503 that says when to come back', { kind: 'status', status: 503, retryAfter: 1 }, false],
	] as const)(
		'of an ID that does not exist counts as done after %s only if that may have done it',
		async (_, fault, isDone) => {
			lab.control.addFaults({ match: { path: ENDPOINTS.deleteVoice }, do: fault });
			const sameRun = await remove('voice_typo');
			expect(sameRun.rows[0]?.deleted ?? false).toBe(isDone);
			if (!isDone) expect(failureOf(sameRun).details).toMatchObject({ reason: 'notFound' });

			lab.control.addFaults({ match: { path: ENDPOINTS.deleteVoice }, do: fault });
			const nextTry = await lab.run(
				NODE,
				{ operation: 'delete', voiceId: voice('voice_typo'), options: { maxRetries: 0 } },
				{ settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } },
			);
			expect(nextTry.rows[0]?.deleted ?? false).toBe(isDone);
		},
	);

	it('is remembered: n8n’s next try does not look for the voice again', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.deleteVoice, nth: 2 },
			do: { kind: 'status', status: 429 },
		});
		const result = await lab.run(
			NODE,
			{
				operation: 'delete',
				voiceId: '={{ $json.id }}',
				options: { concurrency: 1, maxRetries: 0 },
			},
			{
				items: [{ json: { id: 'voice_anna' } }, { json: { id: 'voice_boris' } }],
				settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
			},
		);
		expect(result.rows.map(({ voiceId }) => voiceId)).toEqual(['voice_anna', 'voice_boris']);
		expect(lab.control.requests(ENDPOINTS.deleteVoice)).toHaveLength(3);
		expect(ledgerOf(result)).toEqual({});
	});

	it.each([['={{ "" }}'], ['a/b'], ['../profile'], ['a%2Fb'], ['a?b'], ['a b']])(
		'refuses the id %s before anything is sent',
		async (id) => {
			const result = await lab.run(NODE, { operation: 'delete', voiceId: voice(id) });
			const { error, details } = failureOf(result);
			expect(error).toContain('Parameter "Voice"');
			expect(details).toMatchObject({ reason: 'invalidParameter', attempts: 0 });
			expect(callLines(result)).toEqual([]);
		},
	);
});

describe('getAll', () => {
	const list = async (parameters: INodeParameters = {}) =>
		await lab.run(NODE, { operation: 'getAll', ...parameters });

	it('returns up to 50 voices by default, each a row of its own', async () => {
		lab.control.addVoices(60);
		const result = await list();
		expect(result.rows).toHaveLength(50);
		expect(result.rows[0]).toEqual({
			voiceId: 'voice_123',
			name: 'My Voice',
			provider: 'fishaudio',
		});
		expect(
			rowsOf(result).every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}'),
		).toBe(true);
		expect(lab.control.requests(ENDPOINTS.listVoices).map(({ query }) => query)).toEqual([
			{ limit: '50', offset: '0' },
		]);
	});

	it('returns all of them, page by page', async () => {
		lab.control.addVoices(245);
		const { rows } = await list({ returnAll: true });
		expect(new Set(rows.map(({ voiceId }) => voiceId)).size).toBe(250);
		expect(lab.control.requests(ENDPOINTS.listVoices).map(({ query }) => query['offset'])).toEqual([
			'0',
			'100',
			'200',
		]);
	});

	it('ends on a page without anything new when the total lies', async () => {
		lab.control.configure({ voicesTotal: 1_000_000 });
		const { rows } = await list({ returnAll: true });
		expect(rows).toHaveLength(5);
		expect(lab.control.requests(ENDPOINTS.listVoices)).toHaveLength(2);
	});

	it('asks the service to filter', async () => {
		const parameters = { limit: 1, filters: { provider: 'minimax', search: 'o' } };
		expect((await list(parameters)).rows.map(({ voiceId }) => voiceId)).toEqual(['voice_boris']);
		expect(lab.control.requests(ENDPOINTS.listVoices)[0]?.query).toEqual({
			provider: 'minimax',
			search: 'o',
			limit: '1',
			offset: '0',
		});
	});

	it('hands on further fields in camel case, and never one called error', async () => {
		const items = [
			{ voice_id: 7, title: 'A', sample_rate: 44_100, error: 'none', tags: ['x'] },
			{},
		];
		lab.control.addFaults({
			match: { path: ENDPOINTS.listVoices },
			do: { kind: 'editJson', set: { items, total: 2 } },
		});
		expect((await list()).rows).toEqual([
			{ voiceId: '7', name: 'A', sampleRate: 44_100, failure: 'none', tags: ['x'] },
		]);
	});

	it('returns no item for an account without voices', async () => {
		const result = await list({ filters: { search: 'nobody' } });
		expect(result.status).toBe('success');
		expect(result.rows).toEqual([]);
	});

	it.each([0, -1, 1.5, 'many'])('refuses the limit %s before anything is sent', async (limit) => {
		const result = await list({ limit });
		expect(failureOf(result).error).toContain('Parameter "Limit" is');
		expect(lab.control.requests()).toEqual([]);
	});
});

describe('the voice picker of Delete', () => {
	it('searches the account', async () => {
		const { results } = await lab.engine.listSearch(NODE, 'searchVoices', {
			credential: lab.credential,
			filter: 'dora',
		});
		expect(results).toEqual([{ name: 'Dora · minimax', value: 'voice_dora' }]);
	});
});
