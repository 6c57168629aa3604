import { joinAudio, joinerFor } from '../../../nodes/shared/audio/joinAudio.ts';
import type { AudioJoiner } from '../../../nodes/shared/audio/joinAudio.ts';
import type { AudioScan } from '../../../nodes/shared/audio/audioScan.ts';
import { collect, inChunks } from '../../support/audio.mts';

export function joiner(format: 'mp3' | 'wav'): AudioJoiner {
	const found = joinerFor(format);
	if (found === undefined) throw new Error(`there is no joiner for ${format}`);
	return found;
}

export async function scan(
	format: 'mp3' | 'wav',
	file: Uint8Array,
	{ partIndex = 0, chunkSizes = [65_536] } = {},
): Promise<AudioScan> {
	const scanner = joiner(format).scanner(partIndex);
	for await (const chunk of inChunks(file, chunkSizes)) scanner.push(chunk);
	return scanner.finish();
}

/** Scans and joins files as the node does with stored parts. */
export async function join(
	format: 'mp3' | 'wav',
	files: readonly Uint8Array[],
	chunkSizes: readonly number[] = [65_536],
): Promise<Buffer> {
	const parts = await Promise.all(
		files.map(async (file, partIndex) => ({
			scan: await scan(format, file, { partIndex, chunkSizes: [...chunkSizes] }),
			open: () => Promise.resolve(inChunks(file, chunkSizes)),
		})),
	);
	return await collect(joinAudio(joiner(format), parts));
}
