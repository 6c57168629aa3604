import { audioBytes, type AudioScan } from './audioScan';
import { mp3Header } from './mp3File';
import { silence, type Silence } from './silence';
import { sumOf, type Stretch } from './stretch';
import { wavHeader, wavTrailer } from './wavFile';

/** Where a part begins in the joined file and how long it is, to the sample in a WAV and to the frame in an MP3. */
export interface PartTime {
	readonly startSeconds: number;
	readonly durationSeconds: number;
}

/** How parts become one file: a header, the audio of all parts with silence between them, a trailer. */
export interface JoinPlan {
	readonly type: 'joinable';
	/** What has arrived, whatever was asked for. */
	readonly format: AudioScan['format'];
	readonly mimeType: string;
	readonly durationSeconds: number;
	/** Length of the joined file. */
	readonly bytes: number;
	readonly times: readonly PartTime[];
	readonly scans: readonly AudioScan[];
	readonly header: Buffer;
	readonly pause: Silence;
	readonly trailer: Buffer;
}

const MIME_TYPES = { mp3: 'audio/mpeg', wav: 'audio/wav' } as const;

/**
 * Why parts stay single files: there is none, one is not MP3 or WAV, one is not uniform, two differ, or the file would
 * be larger than its format allows. `problem` is a clause like "part 3 is 48000 Hz mono MP3, but part 1 is …".
 */
export interface NotJoinable {
	readonly type: 'notJoinable';
	readonly problem: string;
}

export interface JoinOptions {
	readonly pauseMs?: number;
	/** What a problem calls a part; "part 3" when absent. */
	readonly nameOf?: (index: number) => string;
}

/** Decides whether and how parts are joined, in their order, by what their scans say. */
export function planJoin(
	parts: ReadonlyArray<AudioScan | undefined>,
	{ pauseMs = 0, nameOf = nameOfPart }: JoinOptions = {},
): JoinPlan | NotJoinable {
	const problem = problemOf(parts, nameOf);
	if (problem !== undefined) return { type: 'notJoinable', problem };
	const scans = parts.flatMap((scan) => scan ?? []);
	const [first] = scans;
	if (first === undefined) return { type: 'notJoinable', problem: 'there are no parts' };

	const pause = silence(first, pauseMs);
	const stretches = stretchesOf(scans, pause);
	const header = headerOf(scans, first, stretches);
	if (header === undefined)
		return { type: 'notJoinable', problem: 'the joined file would be larger than 4 GiB' };
	const trailer = first.format === 'wav' ? wavTrailer(stretches) : Buffer.alloc(0);
	return {
		type: 'joinable',
		format: first.format,
		mimeType: MIME_TYPES[first.format],
		durationSeconds: sumOf(stretches, 'samples') / first.sampleRate,
		bytes: header.length + sumOf(stretches, 'bytes') + trailer.length,
		times: timesOf(scans, pause, first.sampleRate),
		scans,
		header,
		pause,
		trailer,
	};
}

function nameOfPart(index: number): string {
	return `part ${index + 1}`;
}

function problemOf(
	parts: ReadonlyArray<AudioScan | undefined>,
	nameOf: (index: number) => string,
): string | undefined {
	const kind = parts[0] && describe(parts[0]);
	for (const [index, scan] of parts.entries()) {
		const part = nameOf(index);
		if (scan === undefined) return `${part} is not an MP3 or WAV file that can be read`;
		if (scan.obstacle !== undefined) return `${part} ${scan.obstacle}`;
		const found = describe(scan);
		if (found !== kind) return `${part} is ${found}, but ${nameOf(0)} is ${kind}`;
	}
	return undefined;
}

/** Equal for parts that fit together. */
function describe({ encoding, sampleRate, channels, bitsPerSample }: AudioScan): string {
	const sound = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels}-channel`;
	const bits = bitsPerSample === undefined ? '' : ` of ${bitsPerSample} bits`;
	return `${sampleRate} Hz ${sound} ${encoding.toUpperCase()}${bits}`;
}

function stretchesOf(scans: readonly AudioScan[], pause: Stretch): Stretch[] {
	return scans.flatMap((scan, index) => {
		const stretch = { samples: scan.samples, bytes: audioBytes(scan) };
		return index > 0 && pause.samples > 0 ? [pause, stretch] : [stretch];
	});
}

function timesOf(scans: readonly AudioScan[], pause: Stretch, sampleRate: number): PartTime[] {
	let start = 0;
	return scans.map(({ samples }) => {
		const time = { startSeconds: start / sampleRate, durationSeconds: samples / sampleRate };
		start += samples + pause.samples;
		return time;
	});
}

function headerOf(
	scans: readonly AudioScan[],
	first: AudioScan,
	stretches: readonly Stretch[],
): Buffer | undefined {
	if (first.format === 'wav') return wavHeader(first, stretches);
	const { bitrateKbps } = first;
	const isConstantBitrate =
		bitrateKbps !== undefined && scans.every((scan) => scan.bitrateKbps === bitrateKbps);
	return mp3Header(first, isConstantBitrate, stretches);
}
