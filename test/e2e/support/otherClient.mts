import { expect } from 'vitest';

import type { JobKind } from '../../sandbox/server.mts';
import { publishClip, speak } from '../../support/lab/media.mts';
import type { Lab, N8nHost } from './lab.mts';

type AnyLab = Lab<N8nHost>;

/** What somebody else has done with the same account, beside n8n. */

/** A speech job that the service has accepted; returns its id. */
export async function orderSpeechJob(lab: AnyLab, text: string): Promise<string> {
	await post(lab, '/speech/tts/jobs', { text, voiceId: 'voice_anna' });
	return newest(lab, 'speech');
}

/** A lip-sync job that the service has accepted; returns its id. */
export async function orderLipSyncJob(lab: AnyLab, text: string): Promise<string> {
	const { url: audioUrl } = await speak(lab, text);
	await post(lab, '/media/lip-sync/jobs', { videoUrl: await publishClip(lab), audioUrl });
	return newest(lab, 'lipSync');
}

/** A voice of that name; returns its id. */
export async function makeVoice(lab: AnyLab, name: string): Promise<string> {
	const form = new FormData();
	form.set('name', name);
	form.set('audioFiles', new File(['a recording'], 'recording.mp3', { type: 'audio/mpeg' }));
	await post(lab, '/voices', form);
	return lab.sandbox.control.voices().find((voice) => voice.name === name)?.id ?? '';
}

/** Ends a job now; returns its id. */
export function finish({ sandbox }: AnyLab, kind: JobKind, jobId: string): string {
	sandbox.control.setJobStatus(kind, jobId, 'completed');
	return jobId;
}

function newest({ sandbox }: AnyLab, kind: JobKind): string {
	return sandbox.control.jobIds(kind)[0] ?? '';
}

async function post({ sandbox }: AnyLab, path: string, body: object): Promise<void> {
	const isForm = body instanceof FormData;
	const response = await fetch(sandbox.baseUrl + path, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${sandbox.token}`,
			...(!isForm && { 'content-type': 'application/json' }),
		},
		body: isForm ? body : JSON.stringify(body),
	});
	expect(response.ok).toBe(true);
}
