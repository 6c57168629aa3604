import { createHash } from 'node:crypto';
import { mediaCredits } from '../account.mts';
import { ApiProblem, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, jsonBody, usageHeaders, type Call, type Handlers } from '../call.mts';
import { checked, TranscriptionRequest, withoutExtras } from '../contract.mts';
import { fetchMedia } from '../media/fetchMedia.mts';
import type { Speech } from '../voice/speaker.mts';

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

function milliseconds(seconds: number): number {
	return Math.round(seconds * 1_000) / 1_000;
}

/** One segment for each sentence; its share of the time is its share of the characters. */
export function segmentsOf({
	text,
	durationSeconds,
}: Pick<Speech, 'text' | 'durationSeconds'>): Array<{ start: number; end: number; text: string }> {
	const parts = [...sentences.segment(text)].map(({ segment }) => segment);
	const total = text.length;
	let spoken = 0;
	return parts.flatMap((part) => {
		const start = milliseconds((spoken / total) * durationSeconds);
		spoken += part.length;
		const end = milliseconds((spoken / total) * durationSeconds);
		return part.trim() === '' ? [] : [{ start, end, text: part.trim() }];
	});
}

async function transcribe(call: Call): Promise<Answer> {
	const { behaviour, account, spoken } = call.state;
	const body = withoutExtras(jsonBody(call), behaviour.extraFields);
	const request = checked(TranscriptionRequest, body);
	const bytes = await fetchMedia(call, 'audioUrl', request.audioUrl);
	const speech = spoken.get(createHash('sha256').update(bytes).digest('hex'));
	if (speech === undefined) {
		const message =
			'audioUrl: the media cannot be transcribed; the sandbox knows only its own speech';
		throw new ApiProblem(422, 'unprocessable_media', message, { field: 'audioUrl' });
	}
	const price = mediaCredits(speech.durationSeconds);
	acceptWork(call, price, request.audioUrl);
	const answer = {
		text: speech.text,
		duration: milliseconds(speech.durationSeconds),
		segments: segmentsOf(speech),
		credits_used: price,
		quota_remaining: account.apiQuotaRemaining,
	};
	return jsonAnswer(200, answer, usageHeaders(call));
}

export const transcriptionHandlers = { transcribe } satisfies Handlers;
