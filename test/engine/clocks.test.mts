import { afterEach, describe, expect, it } from 'vitest';
import type { RuntimeClock } from '../support/engine/index.mts';
import {
	createJob,
	ENDPOINTS,
	failureOf,
	failureRowsOf,
	synthesize,
	texts,
	useLab,
	waitForJob,
} from '../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const HOUR_MS = 3_600_000;

const lab = useLab();

let restoreDate = () => {};
afterEach(() => restoreDate());

/** Changes the date of this machine once the service has got `count` requests at an endpoint. */
async function changeDateAfter(endpoint: string, count: number, byMs: number): Promise<void> {
	const runtime: RuntimeClock = lab.engine.runtimeModule().runtime;
	const { now } = runtime;
	restoreDate = () => void (runtime.now = now);
	await lab.control.waitForRequests(endpoint, count);
	runtime.now = () => now() + byMs;
}

/** What a task took, in the package's own time. */
async function tookMs(task: () => Promise<unknown>): Promise<number> {
	const { runtime } = lab.engine.runtimeModule();
	const before = runtime.elapsed();
	await task();
	return runtime.elapsed() - before;
}

describe('the date of the machine', () => {
	it.each([-60_000, -HOUR_MS, HOUR_MS])(
		'changed by %i ms neither ends nor lengthens the wait for a job',
		async (byMs) => {
			lab.control.configure({ jobDurationMs: 20_000 });
			const parameters = createJob({ options: { waitTimeoutSeconds: 60 } });
			const changed = changeDateAfter(ENDPOINTS.getSpeechJob, 2, byMs);
			const ms = await tookMs(async () => {
				const result = await lab.run(NODE, parameters, { items: texts(1) });
				expect(result.rows[0]).toMatchObject({ state: 'succeeded' });
			});
			await changed;
			expect(ms).toBeLessThan(40_000);
		},
	);

	it.each([-60_000, -HOUR_MS, HOUR_MS])(
		'changed by %i ms does not freeze an account that was told to wait',
		async (byMs) => {
			lab.control.addFaults({ do: { kind: 'status', status: 429, retryAfter: 5 } });
			const changed = changeDateAfter(ENDPOINTS.synthesize, 1, byMs);
			const ms = await tookMs(async () => {
				const result = await lab.run(NODE, synthesize(), { items: texts(3) });
				expect(result.rows).toHaveLength(3);
			});
			await changed;
			expect(ms).toBeGreaterThanOrEqual(5_000);
			expect(ms).toBeLessThan(20_000);
		},
	);
});

describe('Wait Timeout', () => {
	it('ends a wait behind a closed gate too', async () => {
		lab.control.configure({ jobDurationMs: HOUR_MS });
		const created = await lab.run(NODE, createJob({ waitForCompletion: false }), {
			items: texts(1),
		});
		lab.control.addFaults({
			match: { path: ENDPOINTS.getSpeechJob, times: 'always' },
			do: { kind: 'status', status: 429, retryAfter: 60 },
		});
		const items = [{ json: { jobId: created.rows[0]?.jobId } }];
		const ms = await tookMs(async () => {
			const result = await lab.run(NODE, waitForJob({ options: { waitTimeoutSeconds: 1 } }), {
				items,
			});
			expect(failureOf(result).details).toMatchObject({ reason: 'jobTimeout' });
		});
		expect(ms).toBeLessThan(3_000);
	});
});

describe('a service that limits the rate', () => {
	it.each([
		['no wait at all', 0],
		['a date in the past', { raw: 'Fri, 20 Nov 2020 10:00:00 GMT' }],
	] as const)('and asks for %s burns no tries', async (_what, retryAfter) => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 40 },
			do: { kind: 'status', status: 429, retryAfter },
		});
		const parameters = synthesize({ options: { concurrency: 30 } });
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await lab.run(NODE, parameters, { items: texts(30), settings });
		expect(failureRowsOf(result)).toEqual([]);
		expect(lab.control.stats().accepted).toBe(30);
	});

	it('for an hour is asked by the items in flight only, and the others are not sent', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize, times: 'always' },
			do: { kind: 'status', status: 429, retryAfter: 3_600 },
		});
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await lab.run(NODE, synthesize({ options: { concurrency: 5 } }), {
			items: texts(100),
			settings,
		});
		const failures = failureRowsOf(result);
		expect(failures).toHaveLength(100);
		expect(failures.every(({ details }) => details.reason === 'rateLimited')).toBe(true);
		expect(failures.every(({ details }) => Number(details.retryAfterMs) > 3_000_000)).toBe(true);
		expect(lab.control.requests().length).toBeLessThanOrEqual(5);
	});
});
