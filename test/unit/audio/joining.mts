import { createAudioScanner } from '../../../nodes/shared/audio/audioScanner.ts';
import type { AudioScan } from '../../../nodes/shared/audio/audioScan.ts';
import { joinAudio } from '../../../nodes/shared/audio/joinAudio.ts';
import { planJoin } from '../../../nodes/shared/audio/joinPlan.ts';
import type { JoinPlan } from '../../../nodes/shared/audio/joinPlan.ts';
import { collect, inChunks } from '../../support/audio.mts';

const WHOLE_CHUNKS = [65_536];

export async function scanAny(
	file: Uint8Array,
	chunkSizes: readonly number[] = WHOLE_CHUNKS,
): Promise<AudioScan | undefined> {
	const scanner = createAudioScanner();
	for await (const chunk of inChunks(file, chunkSizes)) scanner.push(chunk);
	return scanner.finish();
}

/** The scan of a file that must be readable. */
export async function scan(
	file: Uint8Array,
	chunkSizes: readonly number[] = WHOLE_CHUNKS,
): Promise<AudioScan> {
	const found = await scanAny(file, chunkSizes);
	if (found === undefined) throw new Error('neither MP3 nor WAV');
	return found;
}

export function planned(
	scans: ReadonlyArray<AudioScan | undefined>,
	options?: { pauseMs?: number },
): JoinPlan {
	const plan = planJoin(scans, options);
	if (plan.type === 'notJoinable') throw new Error(plan.problem);
	return plan;
}

/** Why files cannot be joined; `undefined` when they can. */
export async function problemOf(files: readonly Uint8Array[]): Promise<string | undefined> {
	const plan = planJoin(await Promise.all(files.map(async (file) => await scanAny(file))));
	return plan.type === 'notJoinable' ? plan.problem : undefined;
}

export interface JoinOptions {
	readonly chunkSizes?: readonly number[];
	readonly pauseMs?: number;
}

/** Scans and joins files as the node does with stored parts. */
export async function join(
	files: readonly Uint8Array[],
	options: JoinOptions = {},
): Promise<Buffer> {
	return (await joinWithPlan(files, options)).joined;
}

export async function joinWithPlan(
	files: readonly Uint8Array[],
	{ chunkSizes = WHOLE_CHUNKS, pauseMs = 0 }: JoinOptions = {},
): Promise<{ joined: Buffer; plan: JoinPlan }> {
	const scans = await Promise.all(files.map(async (file) => await scan(file, chunkSizes)));
	const plan = planned(scans, { pauseMs });
	const open = (index: number) =>
		Promise.resolve(inChunks(files[index] ?? Buffer.alloc(0), chunkSizes));
	return { joined: await collect(joinAudio(plan, open)), plan };
}
