import { ApiClient, json } from './apiClient';
import type { CallContext } from './caller';
import { readJob, readNewJob, type CreatedJob, type Job } from './jobs';
import type { MediaSink } from './media';
import { readProfile, type Profile } from './profile';
import type { WireObject } from './readers';
import { readSpeech, type SpeechAnswer } from './speech';
import { readVoicePage, type VoiceFilters, type VoicePage } from './voices';

/** A job create that is under way at Stop may finish for this long, so that the job's id can be logged. */
const STOP_GRACE_MS = 10_000;

/** The FishSpeech Open API v1: one method per endpoint. Every method throws `FishSpeechError` and nothing else. */
export class FishSpeechClient extends ApiClient {
	/** `GET /profile`, contract §2. */
	async getProfile(context: CallContext): Promise<Profile> {
		return await this.callApi(
			{
				methodClass: 'read',
				method: 'GET',
				path: '/profile',
				read: json(readProfile, 'the fields of a profile'),
			},
			context,
		);
	}

	/** `POST /profile`, contract §2. What comes back is not documented: whatever it is, it is handed on. */
	async updateProfile(changes: { webhookUrl: string }, context: CallContext): Promise<WireObject> {
		return await this.callApi(
			{
				methodClass: 'read',
				method: 'POST',
				path: '/profile',
				json: changes,
				read: async (answer) => await answer.jsonIfAny(),
			},
			context,
		);
	}

	/** `GET /voices`, contract §6: one page from `offset`. */
	async listVoices(
		page: VoiceFilters & { readonly offset: number; readonly limit: number },
		context: CallContext,
	): Promise<VoicePage> {
		const { provider, search, limit, offset } = page;
		return await this.callApi(
			{
				methodClass: 'read',
				method: 'GET',
				path: '/voices',
				query: { provider, search, limit, offset },
				read: json(readVoicePage, 'a list of voices'),
			},
			context,
		);
	}

	/** `POST /speech/tts`, contract §3. Audio goes to `sink`. */
	async synthesize<T>(
		body: WireObject,
		sink: MediaSink<T>,
		context: CallContext,
	): Promise<SpeechAnswer<T>> {
		return await this.callApi(
			{
				methodClass: 'create',
				method: 'POST',
				path: '/speech/tts',
				json: body,
				read: async (answer) => await readSpeech(answer, sink),
			},
			context,
		);
	}

	/** `POST /speech/tts/jobs`, contract §4. */
	async createSpeechJob(body: WireObject, context: CallContext): Promise<CreatedJob> {
		return await this.callApi(
			{
				methodClass: 'create',
				method: 'POST',
				path: '/speech/tts/jobs',
				json: body,
				graceMs: STOP_GRACE_MS,
				read: json(readNewJob, 'a job id'),
			},
			context,
		);
	}

	/** `GET /speech/tts/jobs/{taskId}`, contract §4. */
	async getSpeechJob(jobId: string, context: CallContext): Promise<Job> {
		return await this.callApi(
			{
				methodClass: 'read',
				method: 'GET',
				path: '/speech/tts/jobs/{id}',
				id: jobId,
				read: json((body) => readJob(body), 'a job'),
			},
			context,
		);
	}
}
