import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import type { JobKind } from '../../sandbox/server.mts';
import { publishClip, speak } from '../../support/lab/media.mts';
import { callBesideN8n } from '../../support/lab/otherClient.mts';
import type { Lab, N8nHost } from './lab.mts';

type AnyLab = Lab<N8nHost>;

/** What somebody else has done with the same account, beside n8n. */

/** A speech job that the service has accepted; returns its id. */
export async function orderSpeechJob(lab: AnyLab, text: string): Promise<string> {
	await callBesideN8n(lab, ENDPOINTS.createSpeechJob, { text, voiceId: 'voice_anna' });
	return newest(lab, 'speech');
}

/** A lip-sync job that the service has accepted; returns its id. */
export async function orderLipSyncJob(lab: AnyLab, text: string): Promise<string> {
	const { url: audioUrl } = await speak(lab, text);
	await callBesideN8n(lab, ENDPOINTS.createLipSyncJob, {
		videoUrl: await publishClip(lab),
		audioUrl,
	});
	return newest(lab, 'lipSync');
}

/** A voice of that name; returns its id. */
export async function makeVoice(lab: AnyLab, name: string): Promise<string> {
	const form = new FormData();
	form.set('name', name);
	form.set('audioFiles', new File(['a recording'], 'recording.mp3', { type: 'audio/mpeg' }));
	await callBesideN8n(lab, ENDPOINTS.createVoice, form);
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
