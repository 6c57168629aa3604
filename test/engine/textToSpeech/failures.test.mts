import { describe, expect, it } from 'vitest';
import type { z } from 'zod/v4';
import type { FaultRule } from '../../sandbox/faults.mts';
import {
	failureOf,
	failureRowsOf,
	rowsOf,
	synthesize,
	texts,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
type Fault = z.input<typeof FaultRule>['do'];

const lab = useLab();

const status = (code: number, more: object = {}): Fault => ({
	kind: 'status',
	status: code,
	...more,
});

interface Expected {
	readonly reason: string;
	readonly kind?: 'retryable' | 'terminal';
	readonly attempts?: number;
	readonly outcomeUnknown?: boolean;
	readonly says: RegExp;
}

const unknown = { outcomeUnknown: true };
const unexpected = { reason: 'unexpectedResponse', ...unknown };

/** What users read, and what only an answer with audio can come to; the retry table has a test of its own. */
const TABLE: ReadonlyArray<readonly [string, Fault, Expected]> = [
	[
		'429',
		status(429),
		{ kind: 'retryable', reason: 'rateLimited', attempts: 5, says: /answered 429/ },
	],
	[
		'429 for hours',
		status(429, { retryAfter: 'absurd' }),
		{ kind: 'retryable', reason: 'rateLimited', says: /longer than this node waits/ },
	],
	['402', status(402), { reason: 'insufficientCredits', says: /402/ }],
	[
		'403 as a page',
		status(403, { body: 'html' }),
		{ reason: 'forbidden', says: /403 with an HTML page/ },
	],
	[
		'500 without a body',
		status(500, { body: 'empty' }),
		{ reason: 'serverError', ...unknown, says: /500 with an empty body/ },
	],
	[
		'502 as a page',
		status(502, { body: 'html' }),
		{ reason: 'serverError', ...unknown, says: /502/ },
	],
	[
		'a connection that breaks',
		{ kind: 'reset' },
		{ reason: 'network', ...unknown, says: /broke off/ },
	],
	[
		'audio that breaks off',
		{ kind: 'cutBody' },
		{ reason: 'network', ...unknown, says: /broke off/ },
	],
	[
		'silence',
		{ kind: 'stall' },
		{ reason: 'timeout', ...unknown, says: /sent nothing for 300 seconds/ },
	],
	[
		'audio that falls silent',
		{ kind: 'stallBody' },
		{ reason: 'timeout', ...unknown, says: /nothing for/ },
	],
	[
		'a page in place of audio',
		{ kind: 'raw', contentType: 'text/html', body: '<!doctype html><p>welcome</p>' },
		{ ...unexpected, says: /answered 200 with an HTML page/ },
	],
	[
		'an error that calls itself 200',
		{ kind: 'raw', body: '{"code":"ERR_X","message":"No voice left."}' },
		{ ...unexpected, says: /an error \(ERR_X\): "No voice left\."/ },
	],
	[
		'JSON without a URL',
		{ kind: 'raw', body: '{"success":true,"voice":"x"}' },
		{ ...unexpected, says: /without an audio_url \(it has the fields success, voice\)/ },
	],
	[
		'an empty body',
		{ kind: 'raw', contentType: 'audio/mpeg', body: '' },
		{ ...unexpected, says: /an empty body/ },
	],
	['a redirect', { kind: 'redirect', to: 'otherOrigin' }, { ...unexpected, says: /redirect/ }],
];

describe('a create that fails', () => {
	it.each(TABLE)('by %s', async (_name, fault, expected) => {
		const { kind = 'terminal', reason, attempts = 1, outcomeUnknown = false, says } = expected;
		lab.control.addFaults({ match: { times: 'always' }, do: fault });
		const result = await lab.run(NODE, synthesize(), { items: texts(1) });
		const failure = failureOf(result);
		expect(failure.details).toMatchObject({ kind, reason, attempts, outcomeUnknown });
		expect(failure.error).toMatch(says);
		expect(failure.message).not.toBe('');
		expect(failure.message.includes('may have been charged')).toBe(outcomeUnknown);
		expect(lab.control.requests()).toHaveLength(attempts);
	});

	it('because nothing listens is tried again, and nothing was charged', async () => {
		const { token } = lab.sandbox;
		const credential = lab.engine.credential('fishSpeechApi', {
			apiToken: token,
			baseUrl: 'http://127.0.0.1:9/api/open/v1',
		});
		const result = await lab.run(NODE, synthesize(), { items: texts(1), credential });
		expect(failureOf(result)).toMatchObject({
			error: 'No connection to FishSpeech could be made.',
			details: { kind: 'retryable', reason: 'network', attempts: 5, outcomeUnknown: false },
		});
	});

	it('is a row of exactly error, message and details where the workflow goes on', async () => {
		lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
		const settings = { onError: 'continueRegularOutput' } as const;
		const parameters = synthesize({ options: { includeInputFields: true } });
		const result = await lab.run(NODE, parameters, { items: texts(3), settings });
		expect(result.status).toBe('success');
		const [, failed] = rowsOf(result);
		expect(Object.keys(failed?.json ?? {})).toEqual(['error', 'message', 'details']);
		expect(failed?.pairedItem).toEqual({ item: 1 });
	});

	it('goes to the error output, with its input item, where that is connected', async () => {
		lab.control.addFaults({ match: { body: 'number 1 ' }, do: { kind: 'status', status: 422 } });
		const settings = { onError: 'continueErrorOutput' } as const;
		const items = texts(3);
		const result = await lab.run(NODE, synthesize(), { items, settings });
		expect(result.outputs.map((rows) => rows.length)).toEqual([2, 1]);
		const [failed] = result.outputs[1] ?? [];
		expect(failed?.json).toMatchObject({
			text: items[1]?.json?.text,
			error: expect.stringContaining('422'),
			message: expect.any(String),
			details: { reason: 'unprocessableMedia' },
		});
		expect(failureRowsOf(result)).toHaveLength(1);
	});

	it('says nothing of the text or a signed URL that the server repeats', async () => {
		const [item] = texts(1);
		const text = String(item?.json?.text);
		const message = `cannot read "${text}" from https://media.example/a.mp3?signature=abc (canceled)\u0000\n${'x'.repeat(400)}`;
		lab.control.addFaults({ do: { kind: 'status', status: 400, message } });
		const result = await lab.run(NODE, synthesize(), { items: [{ json: { text } }] });
		const { error } = failureOf(result);
		expect(error).toContain(
			'cannot read "[text]" from https://media.example/a.mp3?[query] (cancelled)',
		);
		expect(error.length).toBeLessThan(400);
		expect(error).not.toMatch(/\p{Cc}/u);
	});

	it('gives the model a message that says what happened', async () => {
		lab.control.addFaults({ do: { kind: 'status', status: 402 } });
		const result = await lab.engine.runAsTool({
			node: NODE,
			parameters: synthesize({ text: "={{ $fromAI('text', 'what to say') }}" }),
			arguments: { text: 'Say this.' },
			credential: lab.credential,
		});
		expect(result.observation).toContain('answered 402');
	});

	it('by a limit for hours does not claim to have waited', async () => {
		lab.control.addFaults({ do: status(429, { retryAfter: 'absurd' }) });
		const result = await lab.run(NODE, synthesize(), { items: texts(1) });
		expect(failureOf(result).message).toMatch(/^Run the node again after that time\./);
	});

	it('by a credential that n8n cannot hand out says which one to choose', async () => {
		const result = await lab.run(NODE, synthesize(), { items: texts(1), credential: undefined });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringMatching(/^The FishSpeech API credential could not be read: \S/),
			message: expect.stringContaining('Choose a FishSpeech API credential'),
			details: { reason: 'invalidParameter', attempts: 0 },
		});
	});

	it('by a token with an invisible character is told before anything is sent', async () => {
		const { baseUrl, token } = lab.sandbox;
		const apiToken = `${token}\u200b`;
		const credential = lab.engine.credential('fishSpeechApi', { apiToken, baseUrl });
		const result = await lab.run(NODE, synthesize(), { items: texts(1), credential });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining('The API token contains'),
			details: { reason: 'invalidParameter', attempts: 0, outcomeUnknown: false },
		});
		expect(JSON.stringify(result.error)).not.toContain(token);
	});

	it('by a credential that cannot be used is told before anything is sent', async () => {
		const credential = lab.engine.credential('fishSpeechApi', {
			apiToken: 'x',
			baseUrl: 'http://api.example.org/api/open/v1',
		});
		const result = await lab.run(NODE, synthesize(), { items: texts(3), credential });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringContaining('uses http'),
			details: { reason: 'invalidParameter', attempts: 0 },
		});
		expect(result.error?.name).toBe('NodeOperationError');
	});
});
