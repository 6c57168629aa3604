import { AudioJoinError } from './audioJoinError';
import { createScanner } from './audioScan';
import type { AudioScan, AudioScanner } from './audioScan';
import { createMp3Parser, mp3Header } from './mp3';
import { createWavParser, wavHeader, wavTrailer } from './wav';

/** How the parts of one format become one file: scan each, then one header, the audio of all parts, one trailer. */
export interface AudioJoiner {
	scanner(partIndex: number): AudioScanner;
	/** Nothing when the counts in the header would not fit. */
	header(first: AudioScan, scans: readonly AudioScan[]): Buffer | undefined;
	trailer(scans: readonly AudioScan[]): Buffer;
}

/** A part that lies somewhere and has been scanned. */
export interface StoredPart {
	readonly scan: AudioScan;
	/** Called once, when the part's turn has come. */
	open(): Promise<AsyncIterable<Uint8Array>>;
}

const joiners: ReadonlyMap<string, AudioJoiner> = new Map<string, AudioJoiner>([
	[
		'mp3',
		{
			scanner: (partIndex) => createScanner(createMp3Parser(), partIndex),
			header: mp3Header,
			trailer: () => Buffer.alloc(0),
		},
	],
	[
		'wav',
		{
			scanner: (partIndex) => createScanner(createWavParser(), partIndex),
			header: wavHeader,
			trailer: wavTrailer,
		},
	],
]);

/** The joiner of `mp3` or `wav`; nothing for formats that are not joined. */
export function joinerFor(format: string): AudioJoiner | undefined {
	return joiners.get(format);
}

/**
 * One file out of all parts, in order, chunk by chunk: nothing more is held than the chunk that passes.
 * Parts that do not fit together are refused here, before the first byte and before any part is opened.
 *
 * @throws AudioJoinError here for `mismatch` and `tooLarge`, while reading for `changed`
 */
export function joinAudio(
	joiner: AudioJoiner,
	parts: readonly StoredPart[],
): AsyncGenerator<Buffer> {
	const scans = parts.map(({ scan }) => scan);
	const [first] = scans;
	if (first === undefined) throw new RangeError('there are no parts to join');
	scans.forEach((scan, partIndex) => {
		const [found, expected] = [describe(scan), describe(first)];
		if (found === expected) return;
		throw new AudioJoinError(partIndex, 'mismatch', `is ${found}, but part 1 is ${expected}`);
	});
	const header = joiner.header(first, scans);
	if (header === undefined) {
		throw new AudioJoinError(
			parts.length - 1,
			'tooLarge',
			'makes the joined file larger than 4 GiB',
		);
	}
	return write(header, parts, joiner.trailer(scans));
}

async function* write(
	header: Buffer,
	parts: readonly StoredPart[],
	trailer: Buffer,
): AsyncGenerator<Buffer> {
	yield header;
	for (const [partIndex, part] of parts.entries()) {
		yield* audioOf(await part.open(), part.scan, partIndex);
	}
	if (trailer.length > 0) yield trailer;
}

async function* audioOf(
	stream: AsyncIterable<Uint8Array>,
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
	if (position !== streamBytes) {
		throw new AudioJoinError(
			partIndex,
			'changed',
			`has ${position} bytes now, but had ${streamBytes}`,
		);
	}
}

/** Equal for parts that fit together. */
function describe({ encoding, sampleRate, channels, bitsPerSample }: AudioScan): string {
	const sound = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels}-channel`;
	const bits = bitsPerSample === undefined ? '' : ` of ${bitsPerSample} bits`;
	return `${sampleRate} Hz ${sound} ${encoding.toUpperCase()}${bits}`;
}
