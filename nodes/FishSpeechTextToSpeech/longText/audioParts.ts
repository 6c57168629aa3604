import type { IBinaryData } from 'n8n-workflow';
import { z } from 'zod/v4';

import { asNumber } from '../../shared/api/endpoints/readers';
import { streamFrom } from '../../shared/api/http/mediaBody';
import type { ByteStream } from '../../shared/api/http/transport';
import type { Usage } from '../../shared/api/endpoints/speech';
import type { BinaryStore, StoredMedia } from '../../shared/host/media/binary';
import type { Row } from '../../shared/host/run/operation';
import type { AudioScan } from './audioScan';
import { joinAudio, type AudioJoiner } from './joinAudio';

/** A finished part of a long text: its audio in the store, and what joining needs to know about it. */
export interface AudioPart extends Usage {
	readonly binary: IBinaryData;
	readonly scan: AudioScan;
}

const FIELD = 'part';

const audioScan: z.ZodType<AudioScan> = z.object({
	encoding: z.enum(['mp3', 'pcm', 'float']),
	sampleRate: z.number(),
	channels: z.number(),
	bitsPerSample: z.number().optional(),
	bitrateKbps: z.number().optional(),
	samples: z.number(),
	streamBytes: z.number(),
	audio: z.array(z.tuple([z.number(), z.number()])),
});

/** The form in which the ledger keeps a part. */
export function rowOfPart({ binary, scan, creditsUsed, quotaRemaining }: AudioPart): Row {
	return {
		json: {
			scan: { ...scan, audio: scan.audio.map((range) => [...range]) },
			...(creditsUsed !== undefined && { creditsUsed }),
			...(quotaRemaining !== undefined && { quotaRemaining }),
		},
		binary: { [FIELD]: binary },
	};
}

/** The opposite of {@link rowOfPart}. */
export function partOfRow({ json, binary }: Row): AudioPart | undefined {
	const scan = audioScan.safeParse(json.scan);
	const file = binary?.[FIELD];
	if (!scan.success || file === undefined) return undefined;
	return {
		binary: file,
		scan: scan.data,
		creditsUsed: asNumber(json.creditsUsed),
		quotaRemaining: asNumber(json.quotaRemaining),
	};
}

/**
 * Joins parts into one file of the store. Streams: nothing but the chunk that passes is held in memory, unless n8n
 * itself keeps binaries there.
 *
 * @throws AudioJoinError when the parts do not fit together; before anything is written
 */
export async function joinParts(
	joiner: AudioJoiner,
	parts: readonly AudioPart[],
	binaries: BinaryStore,
	fileName: string,
): Promise<StoredMedia> {
	const isInMemory = parts.some(({ binary }) => binary.id === undefined);
	return isInMemory
		? await joinInMemory(joiner, parts, binaries, fileName)
		: await joinStreams(joiner, parts, binaries, fileName);
}

async function joinStreams(
	joiner: AudioJoiner,
	parts: readonly AudioPart[],
	binaries: BinaryStore,
	fileName: string,
): Promise<StoredMedia> {
	const [first] = parts;
	if (first === undefined) throw new RangeError('there are no parts to join');
	let bytes = 0;
	const opened: ByteStream[] = [];
	// Refuses parts that do not fit together, before anything is opened.
	const chunks = joinAudio(
		joiner,
		parts.map(({ scan, binary }, index) => ({
			scan,
			open: async () => opened[index] ?? (await binaries.open(binary)),
		})),
	);
	// A stream can only be made out of another one here; the first part's is needed anyway.
	const firstStream = await binaries.open(first.binary);
	opened.push(firstStream);
	const counted = async function* (): AsyncGenerator<Uint8Array> {
		for await (const chunk of chunks) {
			bytes += chunk.length;
			yield chunk;
		}
	};
	const joined = streamFrom(counted(), firstStream);
	const binary = await binaries.store(joined, fileName, first.binary.mimeType);
	return { binary, bytes };
}

async function joinInMemory(
	joiner: AudioJoiner,
	parts: readonly AudioPart[],
	binaries: BinaryStore,
	fileName: string,
): Promise<StoredMedia> {
	const stored = parts.map(({ scan, binary }) => ({
		scan,
		open: async () => once(Buffer.from(binary.data, 'base64')),
	}));
	const chunks: Buffer[] = [];
	for await (const chunk of joinAudio(joiner, stored)) chunks.push(chunk);
	const whole = Buffer.concat(chunks);
	const binary = await binaries.store(whole, fileName, parts[0]?.binary.mimeType ?? '');
	return { binary, bytes: whole.length };
}

async function* once(buffer: Buffer): AsyncGenerator<Buffer> {
	yield buffer;
}
