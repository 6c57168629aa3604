import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { inOnePiece, streamFrom } from '../../shared/api/http/mediaBody';
import type { ByteStream } from '../../shared/api/http/transport';
import { asNumber } from '../../shared/api/wire';
import { audioScan } from '../../shared/audio/audioScan';
import { joinAudio } from '../../shared/audio/joinAudio';
import {
	planJoin,
	type JoinOptions,
	type JoinPlan,
	type PartTime,
} from '../../shared/audio/joinPlan';
import type { Usage } from '../../shared/fishspeech/usage';
import type { BinaryStore, StoredMedia } from '../../shared/host/media/binaryStore';
import { definedFields, type Row } from '../../shared/host/rows';

/** A finished part of a longer speech: its audio in the store, and what joining needs to know about it. */
export interface AudioPart extends StoredMedia, Partial<Usage> {
	/** The service's own body, where it answered with one. */
	readonly raw?: IDataObject;
}

/** A part and, while they are at hand, the chunks of its audio. */
export interface PartToJoin extends AudioPart {
	readonly chunks?: readonly Buffer[];
}

/** All parts as one file, or why they stay single files. */
export type JoinedParts =
	| (Omit<StoredMedia, 'scan'> & {
			readonly type: 'joined';
			/** When each part is heard in the file. */
			readonly times: readonly PartTime[];
	  })
	| { readonly type: 'single'; readonly problem: string };

const FILE = 'part';
/** A larger file is joined as a stream, unless n8n itself keeps it in memory. */
const LARGEST_IN_MEMORY_BYTES = 32 * 1024 * 1024;

/** The form in which the ledger keeps a part. */
export function rowOfPart(part: AudioPart): Row {
	const { binary, bytes, scan, creditsUsed, quotaRemaining, raw } = part;
	const plainScan = scan && { ...scan, audio: scan.audio.map((range) => [...range]) };
	return {
		json: definedFields({ bytes, scan: plainScan, creditsUsed, quotaRemaining }),
		...(raw && { raw }),
		files: { [FILE]: binary },
	};
}

/** The opposite of {@link rowOfPart}; `undefined` for a row of something else. */
export function partOfRow({ json, raw, files }: Row): AudioPart | undefined {
	const binary = files?.[FILE];
	if (binary === undefined) return undefined;
	const scan = audioScan.safeParse(json.scan).data;
	return {
		binary,
		bytes: asNumber(json.bytes) ?? 0,
		scan,
		durationSeconds: scan?.durationSeconds,
		creditsUsed: asNumber(json.creditsUsed),
		quotaRemaining: asNumber(json.quotaRemaining),
		...(raw && { raw }),
	};
}

/**
 * Joins parts into one file of the store, with a pause between them. Unless all of them are in memory, they stream
 * from the store, and nothing but the chunk that passes is held.
 */
export async function joinParts(
	parts: readonly PartToJoin[],
	binaries: BinaryStore,
	{ fileStem, ...options }: { readonly fileStem: string } & JoinOptions,
): Promise<JoinedParts> {
	const plan = planJoin(
		parts.map(({ scan }) => scan),
		options,
	);
	if (plan.type === 'notJoinable') return { type: 'single', problem: plan.problem };
	// Named by what has arrived, whatever was asked for.
	const fileName = `${fileStem}.${plan.format}`;
	// Pauses may be much longer than the audio between them.
	const isSmall = plan.bytes <= LARGEST_IN_MEMORY_BYTES;
	const contents = parts.map(
		({ chunks, binary }) => (isSmall ? chunks : undefined) ?? contentInMemory(binary),
	);
	const whole = contents.every((content) => content !== undefined)
		? await joinBuffers(plan, contents)
		: await joinStreams(plan, parts, binaries);
	const binary = await binaries.store(whole, fileName, plan.mimeType);
	const { bytes, durationSeconds, times } = plan;
	return { type: 'joined', binary, bytes, durationSeconds, times };
}

async function joinStreams(
	plan: JoinPlan,
	parts: readonly AudioPart[],
	binaries: BinaryStore,
): Promise<ByteStream> {
	const open = async (index: number) => await binaries.open(parts[index]?.binary ?? {});
	// A stream can only be made out of another one here; the first part's is needed anyway.
	const first = await open(0);
	const chunks = joinAudio(plan, async (index) => (index === 0 ? first : await open(index)));
	return streamFrom(chunks, first);
}

async function joinBuffers(
	plan: JoinPlan,
	parts: ReadonlyArray<readonly Buffer[]>,
): Promise<Buffer> {
	return await inOnePiece(joinAudio(plan, async (index) => parts[index] ?? []));
}

/** Present where n8n keeps binaries in memory. */
function contentInMemory({ id, data }: IBinaryData): readonly Buffer[] | undefined {
	return id === undefined ? [Buffer.from(data, 'base64')] : undefined;
}
