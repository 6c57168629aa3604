import { describe, expect, it } from 'vitest';
import type { INodeParameters } from 'n8n-workflow';
import type { RunningExecution, RunResult } from '../../support/engine/index.mts';
import {
	createJob,
	ENDPOINTS,
	jobLines,
	synthesize,
	texts,
	useLab,
	waitForJob,
	type LabRun,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
/** Without a new request for so long, nothing goes on: longer than the pause between two polls. */
const QUIET_MS = 300;

const lab = useLab({ clock: 'real', sandbox: { now: () => performance.now() } });

interface Stopped {
	readonly result: RunResult;
	/** From Stop to the end of the run. */
	readonly tookMs: number;
	/** When each request arrived that came after Stop, in milliseconds from it. */
	readonly requestsAfterMs: readonly number[];
}

/** Presses Stop as soon as `when` has come, and waits for the node to be through. */
async function runAndStop(
	parameters: INodeParameters,
	run: LabRun,
	when: () => Promise<void>,
): Promise<Stopped> {
	let execution: RunningExecution | undefined;
	const running = lab.run(NODE, parameters, {
		...run,
		onStart: (started) => {
			execution = started;
		},
	});
	await when();
	const stoppedAt = performance.now();
	execution?.stop();
	const result = await running;
	await untilQuiet();
	const tookMs = performance.now() - stoppedAt;
	const requestsAfterMs = lab.control
		.requests()
		.map(({ at }) => at - stoppedAt)
		.filter((ms) => ms > 0);
	return { result, tookMs, requestsAfterMs };
}

/** The engine answers Stop before the node has returned: waits until nothing is under way any more. */
async function untilQuiet(): Promise<void> {
	let requests = -1;
	while (requests !== lab.control.requests().length || lab.control.requests().some(isOpen)) {
		requests = lab.control.requests().length;
		await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
	}
}

/** Speech is never answered, so that Stop always comes while it is under way. */
function stallSpeech({ accept }: { readonly accept?: boolean } = {}): void {
	lab.control.addFaults({
		match: { path: ENDPOINTS.synthesize, times: 'always' },
		do: { kind: 'stall', accept },
	});
}

const isOpen = ({ outcome }: { outcome: string }) => outcome === 'open';

describe('Stop', () => {
	it('ends a batch of speech at once: calls are aborted and no other starts', async () => {
		stallSpeech();
		const { result, requestsAfterMs } = await runAndStop(
			synthesize({ options: { concurrency: 4 } }),
			{ items: texts(20) },
			async () => await lab.control.waitForRequests(ENDPOINTS.synthesize, 4),
		);
		expect(result.status).toBe('canceled');
		expect(requestsAfterMs).toEqual([]);
		expect(lab.control.requests()).toHaveLength(4);
		expect(lab.control.requests().map(({ outcome }) => outcome)).toEqual(Array(4).fill('cut'));
	});

	it('lets a job create that is under way finish, and writes its id to n8n’s log', async () => {
		lab.control.addFaults({
			match: { path: ENDPOINTS.createSpeechJob },
			do: { kind: 'delay', ms: 4_000 },
		});
		const { result, requestsAfterMs, tookMs } = await runAndStop(
			createJob(),
			{ items: texts(1) },
			async () => await lab.control.waitForRequests(ENDPOINTS.createSpeechJob),
		);
		const [jobId] = lab.control.jobIds('speech');
		expect(jobId).toBeDefined();
		expect(result.status).toBe('canceled');
		expect(requestsAfterMs).toEqual([]);
		expect(lab.control.requests()[0]?.outcome).toBe('answered');
		expect(tookMs).toBeGreaterThan(1_000);
		const [line] = lab.engine.logs.filter(({ message }) => message === 'FishSpeech job accepted');
		expect(line).toMatchObject({
			level: 'info',
			metadata: {
				jobId,
				executionId: result.executionId,
				node: 'Node',
				item: 0,
				voiceId: 'voice_123',
				textHash: expect.stringMatching(/^[0-9a-f]{64}$/),
			},
		});
	});

	it('waits no longer than ten seconds for a create that is under way', async () => {
		const { runtime } = lab.engine.runtimeModule();
		const { sleep } = runtime;
		const asked: number[] = [];
		runtime.sleep = async (ms, signal) => {
			asked.push(ms);
			await sleep(ms === 10_000 ? 50 : ms, signal);
		};
		lab.control.addFaults({ match: { path: ENDPOINTS.createSpeechJob }, do: { kind: 'stall' } });
		const { tookMs } = await runAndStop(
			createJob(),
			{ items: texts(1) },
			async () => await lab.control.waitForRequests(({ fault }) => fault === 'stall'),
		);
		runtime.sleep = sleep;
		expect(asked).toContain(10_000);
		expect(tookMs).toBeLessThan(9_000);
		expect(lab.control.requests()).toMatchObject([{ outcome: 'cut' }]);
	});

	it('ends the wait for a job, whose id stands in the log', async () => {
		lab.control.configure({ jobDurationMs: 60_000 });
		const { requestsAfterMs } = await runAndStop(
			createJob({ options: { initialPollSeconds: 0.1, maxPollSeconds: 0.1 } }),
			{ items: texts(2) },
			async () => await lab.control.waitForRequests(ENDPOINTS.getSpeechJob, 4),
		);
		// One poll of each job may have been on its way.
		expect(requestsAfterMs.length).toBeLessThanOrEqual(2);
		const logged = lab.engine.logs
			.filter(({ message }) => message === 'FishSpeech job accepted')
			.map(({ metadata }) => metadata.jobId);
		expect(logged.sort()).toEqual(lab.control.jobIds('speech').sort());
	});

	it('aborts a poll and a download', async () => {
		lab.control.addFaults({ match: { path: ENDPOINTS.downloadFile }, do: { kind: 'stallBody' } });
		lab.control.configure({ jobDurationMs: 0 });
		await runAndStop(
			createJob({ options: { initialPollSeconds: 0.1 } }),
			{ items: texts(1) },
			async () => await lab.control.waitForRequests(ENDPOINTS.downloadFile),
		);
		expect(lab.control.requests(ENDPOINTS.downloadFile)).toMatchObject([{ outcome: 'cut' }]);

		lab.control.addFaults({ match: { path: ENDPOINTS.getSpeechJob }, do: { kind: 'stall' } });
		const [jobId] = lab.control.jobIds('speech');
		await runAndStop(
			waitForJob(),
			{ items: [{ json: { jobId } }] },
			async () => await lab.control.waitForRequests(({ fault }) => fault === 'stall'),
		);
		expect(lab.control.requests(ENDPOINTS.getSpeechJob).at(-1)).toMatchObject({ outcome: 'cut' });
	});

	it('ends the pause before a retry', async () => {
		lab.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'status', status: 429, retryAfter: 60 },
		});
		const { tookMs } = await runAndStop(synthesize(), { items: texts(3) }, async () => {
			await lab.control.waitForRequests(({ status }) => status === 429);
		});
		const sent = lab.control.requests().length;
		expect(tookMs).toBeLessThan(10_000);
		expect(sent).toBeLessThanOrEqual(3);
	});

	it('is not undone by n8n’s further tries', async () => {
		stallSpeech();
		const { requestsAfterMs } = await runAndStop(
			synthesize({ options: { concurrency: 2 } }),
			{ items: texts(6), settings: { retryOnFail: true, maxTries: 4 } },
			async () => await lab.control.waitForRequests(ENDPOINTS.synthesize, 2),
		);
		expect(requestsAfterMs).toEqual([]);
		expect(lab.control.requests()).toHaveLength(2);
	});

	it('is outlived by the once key: what may have been accepted is not bought again', async () => {
		stallSpeech({ accept: true });
		const items = texts(4).map(({ json }, index) => ({ json: { ...json, key: `row-${index}` } }));
		const parameters = synthesize({ options: { onceKey: '={{ $json.key }}', concurrency: 2 } });
		await runAndStop(
			parameters,
			{ items },
			async () =>
				await lab.control.waitForRequests(
					({ accepted, endpoint }) => accepted && endpoint === ENDPOINTS.synthesize,
					2,
				),
		);
		expect(lab.control.stats().accepted).toBe(2);
		lab.control.clearFaults();
		const again = await lab.run(NODE, parameters, { items });
		expect(again.rows.map(({ skipped }) => skipped)).toEqual([true, true, undefined, undefined]);
		expect(lab.control.stats().accepted).toBe(4);
		expect(jobLines(again)).toEqual([]);
	});
});
