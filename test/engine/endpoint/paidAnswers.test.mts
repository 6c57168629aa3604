import type { INodeParameters } from 'n8n-workflow';
import { beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS, failureOf, speak, useLab, voice } from '../../support/lab/index.mts';
import { answerSchema, NO_SCHEMA } from './schema.mts';

const NODE = 'fishSpeechEndpoint';
const IMAGES = 'POST /images/generations';
const lab = useLab();

// The schema is kept for five minutes; each test begins without one.
beforeEach(() => lab.clock?.skip(10 * 60_000));

const BOAT = JSON.stringify({ body: { prompt: 'A boat' } });

/** A call of an endpoint with JSON, a boat unless something else is said. */
function paidCall(more: INodeParameters = {}, endpoint = 'POST /videos'): INodeParameters {
	return {
		operation: 'call',
		endpoint: voice(endpoint),
		send: 'json',
		jsonParameters: BOAT,
		...more,
	};
}

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
	return await lab.run(NODE, paidCall(more, endpoint));
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

	it('keeps its file for Retry, which fetches nothing again', async () => {
		const { url, bytes } = await speak(lab, 'The kettle boils.');
		answerSchema(lab, NO_SCHEMA);
		lab.control.addFaults(
			{
				match: { path: 'POST /videos', body: 'A boat' },
				do: { kind: 'raw', contentType: 'application/json', body: JSON.stringify({ url }) },
			},
			{ match: { path: 'POST /videos', body: 'A bird' }, do: { kind: 'status', status: 402 } },
			{
				match: { path: ENDPOINTS.downloadFile, nth: 2, times: 'always' },
				do: { kind: 'status', status: 403 },
			},
		);
		const jsonParameters = '={{ JSON.stringify({ body: { prompt: $json.prompt } }) }}';
		const failed = await lab.run(NODE, paidCall({ jsonParameters, options: { concurrency: 1 } }), {
			items: ['A boat', 'A bird'].map((prompt) => ({ json: { prompt } })),
		});
		expect(failureOf(failed)).toMatchObject({ itemIndex: 1, details: { httpStatus: 402 } });
		const retried = await lab.engine.retry(failed);
		expect(retried.error?.message).toBeUndefined();
		expect(await lab.engine.binary.read(retried.outputs[0]?.[0])).toEqual(bytes);
		expect(lab.control.requests(ENDPOINTS.downloadFile)).toHaveLength(1);
	});

	it('fails, and stops what costs, when n8n cannot store its file', async () => {
		const { url } = await speak(lab, 'The kettle boils.');
		lab.control.addFaults({
			match: { path: 'POST /videos', times: 'always' },
			do: { kind: 'raw', contentType: 'application/json', body: JSON.stringify({ url }) },
		});
		const mended = lab.engine.binary.failStoring(new Error('It says no.'));
		const { rows } = await lab.run(NODE, paidCall({ options: { concurrency: 1 } }), {
			items: Array.from({ length: 6 }, () => ({ json: {} })),
			settings: { onError: 'continueRegularOutput' },
		});
		mended();
		expect(rows[0]).toMatchObject({
			error: expect.stringContaining('n8n could not store what it sent'),
			message: expect.stringContaining('The file is finished and paid for'),
		});
		expect(rows.at(-1)).toMatchObject({ details: { reason: 'notSent' } });
		expect(lab.control.requests('POST /videos').length).toBeLessThan(4);
	});

	it.each([1, 2])(
		'gets all files of its lists though some downloads break, with %i at a time',
		async (concurrency) => {
			const one = await speak(lab, 'The kettle boils.');
			const two = await speak(lab, 'The bell rings.');
			const body = JSON.stringify({ data: [{ url: one.url }, { url: two.url }] });
			lab.control.addFaults(
				{
					match: { path: 'POST /videos', times: 'always' },
					do: { kind: 'raw', contentType: 'application/json', body },
				},
				...[2, 3, 4, 5].map((nth) => ({
					match: { path: ENDPOINTS.downloadFile, nth },
					do: { kind: 'reset' as const },
				})),
			);
			const { outputs, error } = await lab.run(NODE, paidCall({ options: { concurrency } }), {
				items: Array.from({ length: 4 }, () => ({ json: {} })),
			});
			expect(error?.message).toBeUndefined();
			const files = await Promise.all(
				(outputs[0] ?? []).map(async (item) => await lab.engine.binary.read(item)),
			);
			expect(files).toEqual(Array.from({ length: 4 }, () => [one.bytes, two.bytes]).flat());
		},
	);

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
