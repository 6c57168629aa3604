import type { IBinaryData } from 'n8n-workflow';

import { caught } from '../../shared/api/caught';
import { failure, ServiceError } from '../../shared/api/errors';
import type { WireObject } from '../../shared/api/wire';
import { synthesizeSpeech } from '../../shared/fishspeech/speech';
import type { Usage } from '../../shared/fishspeech/usage';
import { stemOf, type MediaName } from '../../shared/host/media/mediaTypes';
import { download, type ItemCall, type PartCall } from '../../shared/host/run/itemCall';
import { expiredAudio, paidButNotFetched } from '../expiredAudio';
import { joinParts, partOfRow, rowOfPart, type AudioPart } from './audioParts';

/** A long text, cut. */
export interface LongSpeech extends MediaName {
	/** As they are sent. */
	readonly parts: readonly string[];
	/** The request of the whole text; each part puts its own text in. */
	readonly body: WireObject;
}

/** One file of all parts, or, where they cannot be joined, one of each. */
export interface SpokenParts extends Partial<Usage> {
	readonly files: Readonly<Record<string, IBinaryData>>;
	readonly mimeType: string;
	readonly bytes: number;
	readonly durationSeconds: number | undefined;
}

type PartResult =
	| { readonly type: 'done'; readonly part: AudioPart }
	| { readonly type: 'failed'; readonly error: unknown };

/**
 * One request a part, side by side within the batch's concurrency, joined into one file. A part that fails fails the
 * item and is named; no further ones are started then, and the finished ones are kept for the next try.
 */
export async function synthesizeParts(speech: LongSpeech, call: ItemCall): Promise<SpokenParts> {
	call.releaseSlot();
	let hasFailed = false;
	const results = await Promise.all(
		speech.parts.map(async (text, index): Promise<PartResult> => {
			try {
				const part = await synthesizePart(text, index, speech, call, () => hasFailed);
				return { type: 'done', part };
			} catch (error) {
				hasFailed = true;
				return { type: 'failed', error: naming(error, index, speech.parts.length) };
			}
		}),
	);
	const errors = results.flatMap((result) => (result.type === 'failed' ? [result.error] : []));
	if (errors.length > 0) throw caught(errorOfItem(errors));
	const parts = results.flatMap((result) => (result.type === 'done' ? [result.part] : []));
	return { ...(await filesOf(parts, speech, call)), ...totalOf(parts) };
}

async function synthesizePart(
	text: string,
	index: number,
	speech: LongSpeech,
	call: ItemCall,
	hasFailed: () => boolean,
): Promise<AudioPart> {
	const body = { ...speech.body, text };
	const row = await call.part({
		index,
		logicalRequest: body,
		secrets: [{ value: text, label: '[text]' }],
		run: async (part) => {
			if (hasFailed())
				throw failure('notSent', 'Not sent, because another part of this text has failed.');
			return rowOfPart(await fetchPart(body, speech, part));
		},
	});
	const part = partOfRow(row);
	if (part !== undefined) return part;
	throw failure('unexpectedResponse', `Part ${index + 1} is not what was remembered.`);
}

/** The audio of one part, straight from the answer or, where the service keeps it at a URL, from there. */
async function fetchPart(body: WireObject, speech: LongSpeech, part: PartCall): Promise<AudioPart> {
	const sink = part.binaries.sink(speech);
	if (part.receipt?.type === 'mediaUrl') {
		const { url, creditsUsed, quotaRemaining } = part.receipt;
		try {
			return { ...(await download(part, url, sink)), creditsUsed, quotaRemaining };
		} catch (error) {
			throw caught(expiredAudio(error, part));
		}
	}
	const answer = await synthesizeSpeech(part.client, body, sink);
	const { creditsUsed, quotaRemaining } = answer;
	if (answer.type === 'audio') return { ...answer.stored, creditsUsed, quotaRemaining };
	const { audioUrl: url, expiresAt } = answer;
	part.keepReceipt({ type: 'mediaUrl', url, expiresAt, creditsUsed, quotaRemaining });
	try {
		return { ...(await download(part, url, sink)), creditsUsed, quotaRemaining };
	} catch (error) {
		throw caught(paidButNotFetched(error));
	}
}

/** One file, or one of each part where they do not fit together: what was paid for is delivered in any case. */
async function filesOf(
	parts: readonly AudioPart[],
	{ fileName, format }: LongSpeech,
	call: ItemCall,
): Promise<SpokenParts> {
	const fileStem = stemOf({ fileName, format });
	const joined = await joinParts(parts, call.binaries, { fileStem, pauseMs: 0 });
	if (joined.type === 'joined') {
		const { binary, bytes, durationSeconds } = joined;
		return { files: { audio: binary }, mimeType: binary.mimeType, bytes, durationSeconds };
	}
	call.hint(
		`The parts of item ${call.itemIndex} cannot be joined, because ${joined.problem}. They are in the output as single files.`,
	);
	const durations = parts.flatMap(({ durationSeconds }) => durationSeconds ?? []);
	return {
		files: Object.fromEntries(parts.map(({ binary }, index) => [nameOfPart(index), binary])),
		mimeType: parts[0]?.binary.mimeType ?? '',
		bytes: sum(parts.map(({ bytes }) => bytes)),
		durationSeconds: durations.length === parts.length ? sum(durations) : undefined,
	};
}

/** The first part is found where the whole would be. */
function nameOfPart(index: number): string {
	return index === 0 ? 'audio' : `audio_${index + 1}`;
}

/** Credits are summed where every part told them; of the quota the least counts, since parts finish in any order. */
function totalOf(parts: readonly AudioPart[]): Usage {
	const credits = parts.flatMap(({ creditsUsed }) => creditsUsed ?? []);
	const quotas = parts.flatMap(({ quotaRemaining }) => quotaRemaining ?? []);
	return {
		creditsUsed: credits.length === parts.length ? sum(credits) : undefined,
		quotaRemaining: quotas.length > 0 ? Math.min(...quotas) : undefined,
	};
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

function naming(error: unknown, index: number, count: number): unknown {
	if (!(error instanceof ServiceError)) return error;
	return error.with({
		message: `Part ${index + 1} of ${count}: ${error.message}`,
		action: `${error.action} The finished parts are kept for the next try.`,
	});
}

/** What may have been charged must be known of the item; a part that was only not sent says least. */
function errorOfItem(errors: readonly unknown[]): unknown {
	const found = (test: (error: ServiceError) => boolean) =>
		errors.find((error) => error instanceof ServiceError && test(error));
	return (
		found(({ details }) => details.outcomeUnknown) ??
		errors.find((error) => !isNotSent(error)) ??
		errors[0]
	);
}

function isNotSent(error: unknown): boolean {
	return error instanceof ServiceError && error.details.reason === 'notSent';
}
