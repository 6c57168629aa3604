import { json, type ApiClient } from '../api/client/apiClient';
import type { Job } from '../api/job';
import type { WireObject } from '../api/wire';
import { JOB_STOP_GRACE_MS, readNewJob, readPolledJob } from './jobReading';

/** `POST /speech/tts/jobs` (contract §4). */
export async function createSpeechJob(client: ApiClient, body: WireObject): Promise<Job> {
	return await client.call({
		methodClass: 'create',
		method: 'POST',
		path: '/speech/tts/jobs',
		json: body,
		graceMs: JOB_STOP_GRACE_MS,
		read: json((answer) => readNewJob(answer), 'a job id'),
	});
}

/** `GET /speech/tts/jobs/{taskId}` (contract §4). */
export async function getSpeechJob(client: ApiClient, jobId: string): Promise<Job> {
	return await client.call({
		methodClass: 'read',
		method: 'GET',
		path: '/speech/tts/jobs/{id}',
		id: jobId,
		read: json((answer) => readPolledJob(answer, jobId), 'a job'),
	});
}
