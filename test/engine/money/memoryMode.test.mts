import { describe, expect, it } from 'vitest';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	ledgerOf,
	rowsOf,
	sentences,
	synthesize,
	texts,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';

const lab = useLab({ engine: { binaryMode: 'default' } });

describe('in n8n’s memory mode', () => {
	it('a job’s audio is fetched again rather than kept, and the job is created once', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob, nth: 2 },
			do: { kind: 'status', status: 422 },
		});
		const parameters = createJob({ options: { concurrency: 1 } });
		const items = texts(2);
		const failed = await lab.run(NODE, parameters, { items });
		expect(JSON.stringify(ledgerOf(failed)).length).toBeLessThan(1_500);
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(lab.control.stats().accepted).toBe(2);
		const { bytes } = await lab.control.audio({ text: String(items[0]?.json?.text) });
		expect(await lab.engine.binary.read(rowsOf(retried)[0])).toEqual(bytes);
	});

	it('finished items come back with their audio in n8n’s tries, and nothing is bought again', async () => {
		for (const options of [{ onceKey: '={{ $json.text }}' }, {}]) {
			lab.control.addFaults({
				match: { body: 'number 2 ', times: 1 },
				do: { kind: 'status', status: 429, retryAfter: 1 },
			});
			const before = lab.control.stats().accepted;
			const parameters = synthesize({ options: { concurrency: 1, maxRetries: 0, ...options } });
			const settings = { retryOnFail: true, maxTries: 2 };
			const result = await lab.run(NODE, parameters, { items: texts(3), settings });
			expect(result.status).toBe('success');
			expect(rowsOf(result).every(({ binary }) => binary?.data?.data !== undefined)).toBe(true);
			expect(lab.control.stats().accepted - before).toBe(3);
		}
	});

	it('finished files are not kept for Retry, and the error does not promise that they are', async () => {
		lab.control.addFaults({ match: { nth: 2 }, do: { kind: 'status', status: 422 } });
		const parameters = synthesize({ options: { concurrency: 1 } });
		const failed = await lab.run(NODE, parameters, { items: texts(2) });
		expect(failureOf(failed).message).toMatch(/1 of 2 items are done, 0 were not sent\.$/);
		expect(JSON.stringify(ledgerOf(failed)).length).toBeLessThan(1_500);
	});

	it('parts that are lost with the process are not bought again by Retry where there is a once key', async () => {
		lab.control.addFaults({ match: { body: 'number 2 of' }, do: { kind: 'status', status: 402 } });
		const withKey = (onceKey: string) =>
			synthesize({ options: { concurrency: 1, splitTextAt: 30, onceKey } });
		const failed = await lab.run(NODE, withKey('episode'), {
			items: [{ json: { text: sentences(3) } }],
		});
		const before = lab.control.stats().accepted;
		const retried = await lab.engine.retry(failed);
		expect(failureOf(retried).error).toContain('n8n keeps files in memory, so its file is gone');
		expect(lab.control.stats().accepted - before).toBeLessThan(2);
		const anew = await lab.engine.retry(retried, { parameters: withKey('another') });
		expect(anew.error?.message).toBeUndefined();
	});

	it('audio behind a URL is kept by its URL and fetched again', async () => {
		lab.control.addFaults({ match: { nth: 3 }, do: { kind: 'status', status: 422 } });
		const parameters = synthesize({ delivery: 'fileViaUrl', options: { concurrency: 1 } });
		const failed = await lab.run(NODE, parameters, { items: texts(2) });
		const retried = await lab.engine.retry(failed);
		expect(retried.status).toBe('success');
		expect(lab.control.stats().accepted).toBe(2);
	});

	it('a once key keeps a finished item from being bought again by Retry, which says that the file is gone', async () => {
		lab.control.addFaults({ match: { nth: 2 }, do: { kind: 'status', status: 422 } });
		const options = { concurrency: 1, onceKey: '={{ $json.text }}' };
		const failed = await lab.run(NODE, synthesize({ options }), { items: texts(2) });
		const retried = await lab.engine.retry(failed);
		expect(failureOf(retried)).toMatchObject({
			error: expect.stringContaining('keeps files in memory'),
			itemIndex: 0,
			details: { reason: 'notFound' },
		});
		expect(lab.control.stats().accepted).toBe(1);
	});

	it('parts of a long text are bought once over n8n’s tries', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 3, times: 2 },
			do: { kind: 'status', status: 429, retryAfter: 1 },
		});
		const text = 'One sentence here. Another sentence there. A third one follows. And a fourth.';
		const options = { concurrency: 1, splitTextAt: 22, maxRetries: 0, onceKey: 'episode' };
		const settings = { retryOnFail: true, maxTries: 4 };
		const items = [{ json: { text } }];
		const result = await lab.run(NODE, synthesize({ options }), { items, settings });
		expect(result.rows[0]).toMatchObject({ parts: 5 });
		expect(lab.control.stats().accepted).toBe(5);
	});
});
