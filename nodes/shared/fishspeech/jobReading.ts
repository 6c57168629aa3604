import type { Job, JobFailure, JobState } from '../api/job';
import { cleanIfAny } from '../api/redact';
import {
	asId,
	asWireObject,
	firstNumber,
	firstText,
	isWireObject,
	type WireObject,
} from '../api/wire';
import { isErrorBody } from './errorBody';
import { readUsage } from './usage';

/** A job create that is under way at Stop may finish for this long, so that the job's ID can be logged. */
export const JOB_STOP_GRACE_MS = 10_000;

const SUCCEEDED = ['completed', 'succeeded', 'success', 'done', 'finished'];
const FAILED = ['failed', 'error', 'cancelled', 'canceled', 'expired', 'rejected'];
/** Where an answer may have what it is about. */
export const PLACES = ['task', 'data', 'result', 'record'];
const AUDIO_KEYS = ['audioUrl', 'audio_url'];
export const VIDEO_KEYS = ['videoUrl', 'video_url'];
const RESULT_KEYS = ['resultUrl', 'result_url', 'outputUrl', 'output_url', 'url'];
/** The names of a result's address, in the order of contract §9, rule 4. */
export const URL_KEYS = [...AUDIO_KEYS, ...RESULT_KEYS];

/** What is needed of the request to read a job's answer. */
export interface JobReading {
	/** `videoUrl` counts as a result where the job makes a video; see contract §9, rule 4. */
	readonly makesVideo?: boolean;
	/** The video that was sent, which is not a result when it comes back. */
	readonly sentVideoUrl?: string;
	/** The same of the audio. */
	readonly sentAudioUrl?: string;
}

/** A job that was asked for by its ID; `undefined` when it is an error that a status of 200 hides. */
export function readPolledJob(
	body: WireObject,
	jobId: string,
	reading?: JobReading,
): Job | undefined {
	const isJob = readJobId(body) !== undefined || readStatus(body) !== undefined;
	return isJob || !isErrorBody(body) ? readJob(body, jobId, reading) : undefined;
}

/** `undefined` without an ID: the job was perhaps created, so the answer must not count as one that can be repeated. */
export function readNewJob(body: WireObject, reading?: JobReading): Job | undefined {
	const jobId = readJobId(body);
	return jobId === undefined ? undefined : readJob(body, jobId, reading);
}

/** Reads a job by the rules of contract §9 (2 to 5). Never fails. */
function readJob(body: WireObject, jobId: string, reading: JobReading = {}): Job {
	const status = readStatus(body);
	const state = jobState(status);
	return {
		jobId,
		state,
		status,
		resultUrl: readResultUrl(body, reading),
		failure: state === 'failed' ? readFailure(body) : undefined,
		...readUsage(body, PLACES),
		requestId: cleaned(firstText(body, ['requestId', 'request_id'])),
		progress: firstNumber(body, ['progress'], PLACES),
		createdAt: firstText(body, ['createdAt', 'created_at'], PLACES),
		completedAt: firstText(body, ['completedAt', 'completed_at'], PLACES),
		raw: body,
	};
}

export function jobState(status: string | undefined): JobState {
	const word = status?.toLowerCase() ?? '';
	if (SUCCEEDED.includes(word)) return 'succeeded';
	return FAILED.includes(word) ? 'failed' : 'running';
}

function readJobId(body: WireObject): string | undefined {
	const inside = () =>
		['task', 'data', 'record']
			.map((place) => asId(asWireObject(body[place])?.id))
			.find((id) => id !== undefined);
	return asId(body.id) ?? asId(body.taskId) ?? inside();
}

function readStatus(body: WireObject): string | undefined {
	return cleaned(firstText(body, ['status'], ['task', 'data']));
}

/** One line without HTML; what the caller sent is masked where the job is shown. */
function cleaned(text: string | undefined): string | undefined {
	return cleanIfAny(text, []);
}

function readResultUrl(body: WireObject, reading: JobReading): string | undefined {
	const { makesVideo = false, sentVideoUrl, sentAudioUrl } = reading;
	if (!makesVideo) return firstText(body, URL_KEYS, PLACES);
	// A job of media may show what it was made from. Without knowing what was sent, such a URL may be the input: better
	// no media than the wrong one.
	const candidates = [
		firstText(body, RESULT_KEYS, PLACES),
		sentVideoUrl && firstText(body, VIDEO_KEYS, PLACES),
		sentAudioUrl && firstText(body, AUDIO_KEYS, PLACES),
	];
	return candidates.find((url) => url && url !== sentVideoUrl && url !== sentAudioUrl);
}

/** Code and message of a failed job (contract §9, rule 5). An envelope's own "message" speaks last: it may say "OK". */
function readFailure(body: WireObject): JobFailure {
	const inner = PLACES.map((place) => body[place]).filter(isWireObject);
	const described = [...inner, body].map((place) => place.error).filter(isWireObject);
	const all = [...described, ...inner, body];
	const find = (keys: readonly string[]) =>
		all.map((place) => firstText(place, keys)).find((found) => found !== undefined);
	const message = find(['error', 'errorMessage', 'error_message']) ?? find(['message', 'reason']);
	const code = find(['errorCode', 'error_code', 'code']);
	const status = all
		.map((place) => firstNumber(place, ['status', 'statusCode', 'status_code', 'errorStatus']))
		.find((found) => found !== undefined);
	return { code, message, status };
}
