import type { INodeParameters } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf, speak, useLab, voice } from '../../support/lab/index.mts';
import { answerSchema, NO_SCHEMA } from './schema.mts';

const NODE = 'fishSpeechEndpoint';
const IMAGES = 'POST /images/generations';
const lab = useLab();

// The schema is kept for five minutes; each test begins without one.
beforeEach(() => lab.clock?.skip(10 * 60_000));

/** A paid call, answered with `body`. */
async function answered(
	body: unknown,
	{ endpoint = 'POST /videos', contentType = 'application/json', status = 200 } = {},
	more: INodeParameters = {},
) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	lab.control.addFaults({
		match: { path: endpoint },
		do: { kind: 'raw', status, contentType, body: text, accept: true },
	});
	const jsonParameters = JSON.stringify({ body: { prompt: 'A boat' } });
	const call = { operation: 'call', endpoint: voice(endpoint), send: 'json', jsonParameters };
	return await lab.run(NODE, { ...call, ...more });
}

describe('an answer that was paid for', () => {
	it.each([
		['a job with a list that is still empty', { id: 'v_1', status: 'queued', results: [] }],
		['a job with a list of its steps', { id: 'v_1', status: 'queued', tasks: [{ name: 'a' }] }],
		['a list that is empty', { results: [], left: 4 }],
	])('is one row when it is %s', async (_what, body) => {
		const { rows } = await answered(body);
		expect(rows).toEqual([body]);
	});

	it('is a row with its file for each entry of its list', async () => {
		const one = await speak(lab, 'The kettle boils.');
		const two = await speak(lab, 'The bell rings.');
		const { outputs } = await answered({ data: [{ url: one.url }, { url: two.url }] });
		const files = await Promise.all(
			(outputs[0] ?? []).map(async (item) => await lab.engine.binary.read(item)),
		);
		expect(files).toEqual([one.bytes, two.bytes]);
	});

	it('takes a Media Field within a list', async () => {
		const { url, bytes } = await speak(lab, 'The kettle boils.');
		const { outputs } = await answered([{ url }], {}, { mediaField: '0.url' });
		expect(await lab.engine.binary.read(outputs[0]?.[0])).toEqual(bytes);
	});

	it('comes out as it came when a guessed address leads to no file', async () => {
		const url = `${new URL(lab.sandbox.baseUrl).origin}/no/such/file`;
		const { rows, hints, error } = await answered({ id: 'p1', url });
		expect(error).toBeUndefined();
		expect(rows).toEqual([{ id: 'p1', url }]);
		expect(hints[0]?.message).toContain('gave no file');
	});

	it('fails where Media Field names such an address, which Retry asks for again without paying', async () => {
		const url = `${new URL(lab.sandbox.baseUrl).origin}/no/such/file`;
		const failed = await answered({ id: 'p1', url }, {}, { mediaField: 'url' });
		expect(failureOf(failed).details.reason).toBe('notFound');
		expect(failed.error?.description).toContain('paid for');
		await lab.engine.retry(failed);
		expect(lab.control.requests('POST /videos')).toHaveLength(1);
	});

	it.each([
		['text/vtt', 'WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n'],
		['text/csv; charset=utf-8', 'a,b\n1,2\n'],
		['application/xml', '<?xml version="1.0"?><a/>'],
	])('is a file when it is %s', async (contentType, body) => {
		answerSchema(lab, NO_SCHEMA);
		const { outputs, error } = await answered(body, { contentType });
		expect(error?.message).toBeUndefined();
		const [item] = outputs[0] ?? [];
		expect((await lab.engine.binary.read(item)).toString()).toBe(body);
		expect(item?.binary?.['data']?.mimeType).toBe(contentType.split(';')[0]);
	});

	it('is a row when it is a job, although the schema promises a file', async () => {
		const job = { id: 'img_7', status: 'queued' };
		const { rows } = await answered(job, { endpoint: IMAGES, status: 202 });
		expect(rows).toEqual([job]);
	});

	it.each([
		['a page', '<html><body>Hello</body></html>', 'text/html'],
		['text where the schema promises a picture', 'upstream is busy', 'text/plain'],
		['an error', '{"code":"E1","message":"no"}', 'application/json'],
	])('is refused when it is %s', async (_what, body, contentType) => {
		const result = await answered(body, { endpoint: IMAGES, contentType });
		expect(failureOf(result).details).toMatchObject({
			reason: 'unexpectedResponse',
			outcomeUnknown: true,
		});
	});
});
