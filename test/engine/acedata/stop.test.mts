import { describe, expect, it } from 'vitest';
import type { INodeParameters } from 'n8n-workflow';
import type { RunningExecution } from '../../support/engine/index.mts';
import {
	ACEDATA_ENDPOINTS,
	ACEDATA_NODE,
	ENDPOINTS,
	generateAudio,
	jobLines,
	synthesizeAudio,
	texts,
	useLab,
	type LabRun,
} from '../../support/lab/index.mts';

const { createAceDataVoice, createTts } = ACEDATA_ENDPOINTS;

const lab = useLab({
	service: 'aceData',
	clock: 'real',
	sandbox: { now: () => performance.now() },
});

/** Presses Stop as soon as a request has arrived there. Returns what n8n's log says about accepted jobs. */
async function acceptedAtStop(parameters: INodeParameters, endpoint: string, run: LabRun = {}) {
	let execution: RunningExecution | undefined;
	const running = lab.run(ACEDATA_NODE, parameters, {
		...run,
		onStart: (started) => {
			execution = started;
		},
	});
	await lab.control.waitForRequests(endpoint);
	execution?.stop();
	expect((await running).status).toBe('canceled');
	// The engine answers Stop before the node has returned.
	await expect.poll(() => jobLines(lab.engine, 'AceDataCloud')).toHaveLength(1);
	return jobLines(lab.engine, 'AceDataCloud')[0];
}

describe('after Stop, n8n’s log has the ID of what was paid for', () => {
	it('of a task whose audio came with the answer and is still on its way', async () => {
		lab.control.addFaults({ match: { path: ENDPOINTS.downloadFile }, do: { kind: 'stall' } });
		const line = await acceptedAtStop(generateAudio(), ENDPOINTS.downloadFile, { items: texts(1) });
		const [jobId] = lab.control.jobIds('aceData');
		expect(line).toMatchObject({
			level: 'info',
			metadata: {
				jobId,
				requestId: `trace_${jobId}`,
				voiceId: 'voice_123',
				textHash: expect.stringMatching(/^[0-9a-f]{64}$/),
			},
		});
	});

	it('which is the trace where the service names no task', async () => {
		lab.control.addFaults(
			{
				match: { path: createTts },
				do: { kind: 'editJson', set: { trace_id: 'trace-of-answer' } },
			},
			{ match: { path: ENDPOINTS.downloadFile }, do: { kind: 'stall' } },
		);
		const line = await acceptedAtStop(synthesizeAudio(), ENDPOINTS.downloadFile, {
			items: texts(1),
		});
		expect(line?.metadata).toMatchObject({ requestId: 'trace-of-answer' });
		expect(line?.metadata).not.toHaveProperty('jobId');
	});

	it('of a voice that was being made', async () => {
		const { bytes } = await lab.control.audio({ text: 'A recording of somebody.' });
		const file = { bytes, mimeType: 'audio/mpeg', extension: 'mp3' };
		const voiceUrl = await lab.control.publishFile(file);
		lab.control.addFaults({ match: { path: createAceDataVoice }, do: { kind: 'delay', ms: 400 } });
		const parameters = { operation: 'createVoice', voiceUrl };
		const line = await acceptedAtStop(parameters, createAceDataVoice);
		const made = lab.control.voices().map(({ id }) => id);
		expect(made).toContain(line?.metadata.voiceId);
		expect(line).toMatchObject({
			level: 'info',
			metadata: { jobId: `task_of_${String(line?.metadata.voiceId)}` },
		});
	});
});
