import type { AudioScan } from './audioScan';
import { ChangedAudioError } from './changedAudioError';
import type { JoinPlan } from './joinPlan';

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The joined file, chunk by chunk: nothing more is held than the chunk that passes. `open` is called once for each part,
 * when its turn has come.
 *
 * @throws ChangedAudioError when a part is not the file that was scanned
 */
export async function* joinAudio(
	{ scans, header, pause, trailer }: JoinPlan,
	open: (partIndex: number) => Promise<Chunks>,
): AsyncGenerator<Buffer> {
	yield header;
	for (const [partIndex, scan] of scans.entries()) {
		if (partIndex > 0) yield* pause.chunks();
		yield* audioOf(await open(partIndex), scan, partIndex);
	}
	if (trailer.length > 0) yield trailer;
}

async function* audioOf(
	stream: Chunks,
	{ audio, streamBytes }: AudioScan,
	partIndex: number,
): AsyncGenerator<Buffer> {
	let position = 0;
	let next = 0;
	for await (const chunk of stream) {
		const chunkEnd = position + chunk.length;
		for (; next < audio.length; next += 1) {
			const [start, end] = audio[next] ?? [0, 0];
			if (start >= chunkEnd) break;
			const from = Math.max(start, position) - position;
			const to = Math.min(end, chunkEnd) - position;
			if (to > from) yield Buffer.from(chunk.buffer, chunk.byteOffset + from, to - from);
			if (end > chunkEnd) break;
		}
		position = chunkEnd;
	}
	if (position !== streamBytes)
		throw new ChangedAudioError(partIndex, `has ${position} bytes now, but had ${streamBytes}`);
}
