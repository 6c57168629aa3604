import { ApiClient, json } from './http/apiClient';
import type { CallContext } from './http/caller';
import { FishSpeechError } from './errors';
import {
	readNewJob,
	readPolledJob,
	type CreatedJob,
	type Job,
	type JobReading,
} from './endpoints/jobs';
import { readLipSyncPage, type LipSyncMedia, type LipSyncPage } from './endpoints/lipSync';
import type { MediaSink } from './http/media';
import { readProfile, type Profile } from './endpoints/profile';
import type { WireObject } from './endpoints/readers';
import { readSpeech, type SpeechAnswer } from './endpoints/speech';
import { readTranscript, type Transcript } from './endpoints/transcripts';
import { readNewVoice, readVoicePage } from './endpoints/voices';
import type { Voice, VoiceFilters, VoicePage } from './endpoints/voices';
import { unchanged } from './unchanged';

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

	/** `POST /voices`, contract §6. The form's parts are those of the contract. */
	async createVoice(form: FormData, context: CallContext): Promise<Voice> {
		return await this.callApi(
			{
				methodClass: 'create',
				method: 'POST',
				path: '/voices',
				form,
				read: json(readNewVoice, 'the ID of a voice'),
			},
			context,
		);
	}

	/** `DELETE /voices/{voiceId}`, contract §6. A 404 after an own retry means that an earlier try has deleted it. */
	async deleteVoice(voiceId: string, context: CallContext): Promise<void> {
		try {
			await this.callApi(
				{
					methodClass: 'delete',
					method: 'DELETE',
					path: '/voices/{id}',
					id: voiceId,
					read: async (answer) => await answer.acknowledged(),
				},
				context,
			);
		} catch (error) {
			if (!isGoneAfterRetry(error)) throw unchanged(error);
		}
	}

	/** `POST /speech/transcriptions`, contract §5. */
	async transcribe(
		body: { readonly audioUrl: string; readonly language?: string },
		context: CallContext,
	): Promise<Transcript> {
		return await this.callApi(
			{
				methodClass: 'create',
				method: 'POST',
				path: '/speech/transcriptions',
				json: body,
				read: json(readTranscript, 'a text'),
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
				read: json((body) => readPolledJob(body), 'a job'),
			},
			context,
		);
	}

	/** `POST /media/lip-sync/jobs`, contract §7. */
	async createLipSyncJob(media: LipSyncMedia, context: CallContext): Promise<CreatedJob> {
		const { videoUrl, audioUrl } = media;
		return await this.callApi(
			{
				methodClass: 'create',
				method: 'POST',
				path: '/media/lip-sync/jobs',
				json: { videoUrl, audioUrl },
				graceMs: STOP_GRACE_MS,
				read: json((body) => readNewJob(body, lipSyncReading(media)), 'a job id'),
			},
			context,
		);
	}

	/** `GET /media/lip-sync/jobs/{jobId}`, contract §7. `sent` is what the job was made from, where that is known. */
	async getLipSyncJob(jobId: string, context: CallContext, sent?: LipSyncMedia): Promise<Job> {
		return await this.callApi(
			{
				methodClass: 'read',
				method: 'GET',
				path: '/media/lip-sync/jobs/{id}',
				id: jobId,
				read: json((body) => readPolledJob(body, lipSyncReading(sent)), 'a job'),
			},
			context,
		);
	}

	/** `GET /media/lip-sync/jobs`, contract §7: one page, counted from 1, of at most 50 jobs. */
	async listLipSyncJobs(
		query: { readonly page: number; readonly limit: number; readonly status?: string },
		context: CallContext,
	): Promise<LipSyncPage> {
		const { page, limit, status } = query;
		return await this.callApi(
			{
				methodClass: 'read',
				method: 'GET',
				path: '/media/lip-sync/jobs',
				query: { page, limit, status },
				read: json(readLipSyncPage, 'a list of jobs'),
			},
			context,
		);
	}
}

function lipSyncReading(sent: LipSyncMedia | undefined): JobReading {
	return { makesVideo: true, sentVideoUrl: sent?.videoUrl, sentAudioUrl: sent?.audioUrl };
}

function isGoneAfterRetry(error: unknown): boolean {
	if (!(error instanceof FishSpeechError)) return false;
	return error.details.reason === 'notFound' && error.details.attempts > 1;
}
