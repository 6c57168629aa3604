import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { caught } from '../../shared/api/caught';
import { failure, ServiceError } from '../../shared/api/errors';
import type { WireObject } from '../../shared/api/wire';
import type { PartTime } from '../../shared/audio/joinPlan';
import { synthesizeSpeech } from '../../shared/fishspeech/speech';
import type { Usage } from '../../shared/fishspeech/usage';
import type { ChunkReader } from '../../shared/host/media/binaryStore';
import { stemOf, type MediaName } from '../../shared/host/media/mediaTypes';
import type { ReceiptOf } from '../../shared/host/memory/receipts';
import type { WantedSubtitles } from '../../shared/host/parameters/subtitlesChoice';
import { maskedRow } from '../../shared/host/rows';
import { download, type ItemCall, type PartCall } from '../../shared/host/run/itemCall';
import { firstOf } from '../../shared/host/run/summary';
import { expiredAudio, paidButNotFetched } from '../../shared/host/jobs/expiredAudio';
import { subtitleFiles } from '../spokenSubtitles';
import { AudioAtHand } from './audioAtHand';
import { joinParts, partOfRow, rowOfPart, type AudioPart, type PartToJoin } from './audioParts';

/** A piece of a speech that is one request. */
export interface SpeechPart {
	readonly text: string;
	/** Its request. */
	readonly body: WireObject;
	/** Within a sentence, like "part 3". */
	readonly name: string;
	/** Before a message, like "Part 3 of 12". */
	readonly title: string;
}

/** A long text or a dialogue: spoken in parts, joined into one file. */
export interface SpeechInParts extends MediaName {
	readonly parts: readonly SpeechPart[];
	/** What messages call a part, and all of them together. */
	readonly unit: 'part' | 'line';
	readonly whole: 'text' | 'dialogue';
	readonly pauseMs: number;
	readonly subtitles: WantedSubtitles | undefined;
}

/** One file of all parts and its subtitles, or, where they cannot be joined, a file of each part. */
interface PartFiles {
	readonly files: Readonly<Record<string, IBinaryData>>;
	/** Fields of the row. */
	readonly about: {
		readonly mimeType: string;
		readonly bytes: number;
		readonly durationSeconds: number | undefined;
	};
	/** When each part is heard in the file; `undefined` where they could not be joined. */
	readonly times: readonly PartTime[] | undefined;
}

export interface SpokenParts extends PartFiles {
	readonly about: PartFiles['about'] & Usage;
	/** What the service answered for each part; `undefined` where it sent audio only. */
	readonly raw: IDataObject | undefined;
}

/**
 * One request a part, side by side within the batch's concurrency, joined into one file. A part that fails fails the
 * item and is named; no further ones are started then, and the finished ones are kept for the next try.
 */
export async function synthesizeParts(speech: SpeechInParts, call: ItemCall): Promise<SpokenParts> {
	call.releaseSlot();
	const atHand = new AudioAtHand();
	try {
		const parts = await allParts(speech, call, atHand);
		call.partsArePaid();
		const toJoin = parts.map((part, index) => ({ ...part, chunks: atHand.get(index) }));
		const { about, ...files } = await filesOf(toJoin, speech, call);
		return { ...files, about: { ...about, ...totalOf(parts) }, raw: rawOf(parts, speech) };
	} finally {
		atHand.clear();
	}
}

async function allParts(
	speech: SpeechInParts,
	call: ItemCall,
	atHand: AudioAtHand,
): Promise<AudioPart[]> {
	const progress = { hasFailed: false };
	const results = await Promise.allSettled(
		speech.parts.map(async (piece, index) => {
			try {
				return await synthesizePart(piece, index, speech, call, atHand, progress);
			} catch (error) {
				progress.hasFailed = true;
				throw caught(naming(error, piece));
			}
		}),
	);
	const errors = results.flatMap((result): unknown[] =>
		result.status === 'rejected' ? [result.reason] : [],
	);
	if (errors.length > 0) {
		const error = alsoUnknown(errorOfItem(errors), results, speech);
		throw caught(errors.length < results.length ? withFinished(error, speech) : error);
	}
	return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function synthesizePart(
	{ body, title }: SpeechPart,
	index: number,
	speech: SpeechInParts,
	call: ItemCall,
	atHand: AudioAtHand,
	progress: { hasFailed: boolean },
): Promise<AudioPart> {
	const row = await call.part({
		logicalRequest: body,
		run: async (part) => {
			// What is paid for is fetched all the same.
			if (progress.hasFailed && part.receipt === undefined)
				throw failure(
					'notSent',
					`Not sent, because another ${speech.unit} of this ${speech.whole} has failed.`,
				);
			try {
				return rowOfPart(await fetchPart(body, speech, part, () => atHand.reader(index)));
			} catch (error) {
				// Before the slot is given to another part.
				progress.hasFailed = true;
				throw caught(error);
			}
		},
	});
	const part = partOfRow(row);
	if (part !== undefined) return part;
	throw failure('unexpectedResponse', `${title} is not what was remembered.`);
}

/** The audio of one part, straight from the answer or, where the service keeps it at a URL, from there. */
async function fetchPart(
	body: WireObject,
	speech: SpeechInParts,
	part: PartCall,
	newReader: () => ChunkReader,
): Promise<AudioPart> {
	const sink = part.binaries.sink(speech, newReader);
	const fetchFrom = async ({ url, creditsUsed, quotaRemaining, raw }: ReceiptOf<'mediaUrl'>) => ({
		...(await download(part, url, sink)),
		creditsUsed,
		quotaRemaining,
		raw,
	});
	if (part.receipt?.type === 'mediaUrl') {
		try {
			return await fetchFrom(part.receipt);
		} catch (error) {
			throw caught(expiredAudio(error, part));
		}
	}
	const answer = await synthesizeSpeech(part.client, body, sink);
	const { creditsUsed, quotaRemaining } = answer;
	if (answer.type === 'audio') return { ...answer.stored, creditsUsed, quotaRemaining };
	const { audioUrl: url, expiresAt } = answer;
	const raw = maskedRow(answer.raw, part.client.context.secrets);
	const audio = { type: 'mediaUrl', url, expiresAt, creditsUsed, quotaRemaining, raw } as const;
	part.keepReceipt(audio);
	try {
		return await fetchFrom(audio);
	} catch (error) {
		throw caught(paidButNotFetched(error));
	}
}

/** One file, or one of each part where they do not fit together: what was paid for is delivered in any case. */
async function filesOf(
	parts: readonly PartToJoin[],
	speech: SpeechInParts,
	call: ItemCall,
): Promise<PartFiles> {
	const { pauseMs, subtitles, unit } = speech;
	const fileStem = stemOf(speech);
	const nameOf = (index: number) => speech.parts[index]?.name ?? '';
	const joined = await joinParts(parts, call.binaries, { fileStem, pauseMs, nameOf });
	if (joined.type === 'joined') {
		const { binary, bytes, durationSeconds, times } = joined;
		const spoken = times.map((time, index) => ({ ...time, text: speech.parts[index]?.text ?? '' }));
		const files = {
			audio: binary,
			...(await subtitleFiles(spoken, subtitles, fileStem, call)),
		};
		return { files, about: { mimeType: binary.mimeType, bytes, durationSeconds }, times };
	}
	call.hint(
		`The ${unit}s of item ${call.itemIndex} cannot be joined, because ${joined.problem}. They are in the output as single files${subtitles ? ', without subtitles' : ''}.`,
	);
	// Files that are written to one folder must not replace each other.
	const digits = Math.max(2, String(parts.length).length);
	const numberOf = (index: number) => String(index + 1).padStart(digits, '0');
	const durations = parts.flatMap(({ durationSeconds }) => durationSeconds ?? []);
	return {
		files: Object.fromEntries(
			parts.map(({ binary }, index) => {
				const fileName = `${fileStem}-${numberOf(index)}.${binary.fileExtension ?? speech.format}`;
				return [nameOfFile(index), { ...binary, fileName }];
			}),
		),
		about: {
			mimeType: parts[0]?.binary.mimeType ?? '',
			bytes: sum(parts.map(({ bytes }) => bytes)),
			durationSeconds: durations.length === parts.length ? sum(durations) : undefined,
		},
		times: undefined,
	};
}

/** The first part is found where the whole would be. */
function nameOfFile(index: number): string {
	return index === 0 ? 'audio' : `audio_${index + 1}`;
}

/** Credits are summed if every part told them. The least quota counts, because parts finish in any order. */
function totalOf(parts: readonly AudioPart[]): Usage {
	const credits = parts.flatMap(({ creditsUsed }) => creditsUsed ?? []);
	const quotas = parts.flatMap(({ quotaRemaining }) => quotaRemaining ?? []);
	return {
		creditsUsed: credits.length === parts.length ? sum(credits) : undefined,
		quotaRemaining: quotas.length > 0 ? Math.min(...quotas) : undefined,
	};
}

/** In the order of the parts. */
function rawOf(parts: readonly AudioPart[], { unit }: SpeechInParts): IDataObject | undefined {
	if (parts.every(({ raw }) => raw === undefined)) return undefined;
	return { [`${unit}s`]: parts.map(({ raw }) => raw ?? {}) };
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

function naming(error: unknown, { title }: SpeechPart): unknown {
	if (!(error instanceof ServiceError)) return error;
	return error.with({ message: `${title}: ${error.message}` });
}

function withFinished(error: unknown, { unit }: SpeechInParts): unknown {
	if (!(error instanceof ServiceError)) return error;
	return error.with({ nextTry: `The finished ${unit}s are kept for the next try.` });
}

/** Adds the other parts that may have been charged to the error of the item. */
function alsoUnknown(
	error: unknown,
	results: ReadonlyArray<PromiseSettledResult<unknown>>,
	{ parts }: SpeechInParts,
): unknown {
	if (!(error instanceof ServiceError)) return error;
	const others = results.flatMap((result, index) => {
		if (result.status === 'fulfilled' || result.reason === error) return [];
		return isOfUnknownOutcome(result.reason) ? (parts[index]?.name ?? []) : [];
	});
	if (others.length === 0) return error;
	const also = `The outcome of these is also unknown: ${firstOf(others)}.`;
	return error.with({ action: `${error.action} ${also}` });
}

function isOfUnknownOutcome(error: unknown): boolean {
	return error instanceof ServiceError && error.details.outcomeUnknown;
}

/** A part that may have been charged comes first. One that was only not sent says least. */
function errorOfItem(errors: readonly unknown[]): unknown {
	const isNotSent = (error: unknown) =>
		error instanceof ServiceError && error.details.reason === 'notSent';
	return errors.find(isOfUnknownOutcome) ?? errors.find((error) => !isNotSent(error)) ?? errors[0];
}
