import { ServiceError } from '../../shared/api/errors';
import type { MediaSink } from '../../shared/api/http/media';
import type { WireObject } from '../../shared/api/endpoints/readers';
import type { Usage } from '../../shared/api/endpoints/speech';
import { nameMedia, type MediaName, type StoredMedia } from '../../shared/host/media/binary';
import type { ItemCall, PartCall } from '../../shared/host/run/operation';
import { audioFromReceipt, receiptOf } from '../audioAtUrl';
import { AudioJoinError } from '../../shared/audio/audioJoinError';
import { joinParts, partOfRow, rowOfPart, type AudioPart } from './audioParts';
import type { AudioScanner } from '../../shared/audio/audioScan';
import type { AudioJoiner } from '../../shared/audio/joinAudio';

/** A long text, cut, and how its parts become one file. */
export interface LongSpeech extends MediaName {
	/** As they are sent. */
	readonly parts: readonly string[];
	/** The request of the whole text; each part puts its own text in. */
	readonly body: WireObject;
	readonly joiner: AudioJoiner;
}

type PartResult =
	| { readonly type: 'done'; readonly part: AudioPart }
	| { readonly type: 'failed'; readonly error: unknown };

/** A part's audio in the store, and the scanner that has seen it pass. */
interface ScannedAudio {
	readonly stored: StoredMedia;
	readonly scanner: AudioScanner;
}

/**
 * One request a part, side by side within the batch's concurrency, joined into one file. A part that fails fails the
 * item and is named; no further ones are started then, and the finished ones are kept for the next try.
 */
export async function synthesizeParts(
	speech: LongSpeech,
	call: ItemCall,
): Promise<StoredMedia & Usage> {
	call.releaseSlot();
	let hasFailed = false;
	const results = await Promise.all(
		speech.parts.map(async (text, index): Promise<PartResult> => {
			try {
				return {
					type: 'done',
					part: await synthesizePart(text, index, speech, call, () => hasFailed),
				};
			} catch (error) {
				hasFailed = true;
				return {
					type: 'failed',
					error: naming(error, index, speech.parts.length, call.context.operation),
				};
			}
		}),
	);
	const errors = results.flatMap((result) => (result.type === 'failed' ? [result.error] : []));
	if (errors.length > 0) throw errorOfItem(errors);
	const parts = results.flatMap((result) => (result.type === 'done' ? [result.part] : []));
	return { ...(await join(speech, parts, call)), ...totalOf(parts) };
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
			if (hasFailed()) throw notSent(part.context.operation);
			const { stored, scanner, ...usage } = await fetchPart(body, index, speech, part);
			return rowOfPart({ binary: stored.binary, scan: scanner.finish(), ...usage });
		},
	});
	const part = partOfRow(row);
	if (part === undefined) throw new AudioJoinError(index, 'changed', 'is not what was remembered');
	return part;
}

/** The audio of one part, straight from the answer or, where the service keeps it at a URL, from there. */
async function fetchPart(
	body: WireObject,
	index: number,
	speech: LongSpeech,
	part: PartCall,
): Promise<ScannedAudio & Usage> {
	const sink: MediaSink<ScannedAudio> = async (media) => {
		const scanner = speech.joiner.scanner(index);
		const store = part.binaries.sink(speech, (chunk) => scanner.push(chunk));
		return { stored: await store(media), scanner };
	};
	let kept = part.receipt && audioFromReceipt(part.receipt);
	if (kept === undefined) {
		const answer = await part.client.synthesize(body, sink, part.context);
		if (answer.type === 'audio') return { ...answer.stored, ...usageOf(answer) };
		kept = { ...answer, raw: {} };
		part.keepReceipt(receiptOf(kept));
	}
	const { audioUrl } = kept;
	const audio = await part.download(
		async () => await part.client.download(audioUrl, sink, part.context),
	);
	return { ...audio, ...usageOf(kept) };
}

async function join(
	speech: LongSpeech,
	parts: readonly AudioPart[],
	call: ItemCall,
): Promise<StoredMedia> {
	const { fileName } = nameMedia(parts[0]?.binary.mimeType, speech);
	try {
		return await joinParts(speech.joiner, parts, call.binaries, fileName);
	} catch (error) {
		throw cannotJoin(error, call.context.operation);
	}
}

/** Credits are summed where every part told them; of the quota the least counts, since parts finish in any order. */
function totalOf(parts: readonly AudioPart[]): Usage {
	const credits = parts.flatMap(({ creditsUsed }) => creditsUsed ?? []);
	const quotas = parts.flatMap(({ quotaRemaining }) => quotaRemaining ?? []);
	return {
		creditsUsed:
			credits.length === parts.length
				? credits.reduce((sum, credit) => sum + credit, 0)
				: undefined,
		quotaRemaining: quotas.length > 0 ? Math.min(...quotas) : undefined,
	};
}

function usageOf({ creditsUsed, quotaRemaining }: Usage): Usage {
	return { creditsUsed, quotaRemaining };
}

function naming(cause: unknown, index: number, count: number, operation: string): unknown {
	const error = cannotJoin(cause, operation);
	if (!(error instanceof ServiceError) || error !== cause) return error;
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

function notSent(operation: string): ServiceError {
	return new ServiceError('Not sent, because another part of this text has failed.', {
		details: { kind: 'terminal', reason: 'notSent', operation, attempts: 0, outcomeUnknown: false },
	});
}

function cannotJoin(error: unknown, operation: string): unknown {
	if (!(error instanceof AudioJoinError)) return error;
	return new ServiceError(`The audio parts of this text cannot be joined: ${error.message}.`, {
		action:
			'The parts that were spoken have been charged. Use the format WAV, or send the text without splitting (Split Text At = 0), or as a job with Create Job.',
		details: {
			kind: 'terminal',
			reason: 'unexpectedResponse',
			operation,
			attempts: 1,
			outcomeUnknown: false,
		},
	});
}
