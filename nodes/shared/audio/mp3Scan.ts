import type { AudioParser } from './audioScan';
import type { ByteWindow } from './byteScanner';
import {
	FRAME_HEADER_BYTES,
	LARGEST_FRAME_BYTES,
	readFrameHeader,
	type Mp3Frame,
} from './mp3Frame';
import { readInfoFrame, type InfoFrame } from './mp3InfoFrame';
import { TAG_HEADER_BYTES, startsTag, tagBytes } from './mp3Tags';

const SYNC_BYTE = 0xff;
/** Longer lists come from files made to fill memory. */
const MOST_RANGES = 1_000;

/** How many frames must follow one another before a stream of them is believed to begin. */
const LINKS_OF_A_STREAM = 2;
const LINKS_OF_A_FRAME = 1;
const LOOK_AHEAD_BYTES = (LINKS_OF_A_STREAM + 1) * LARGEST_FRAME_BYTES + TAG_HEADER_BYTES;

interface DoubtfulFrame {
	readonly frame: Mp3Frame;
	readonly position: number;
	readonly info: InfoFrame | undefined;
}

/**
 * Finds the Layer III frames of an MP3 as a decoder does: past tags, past garbage before, between and after them, and
 * without a last frame that is cut off. A header counts when another one, a tag or the end stands where its frame ends.
 * Frames that hold only a Xing, Info or VBRI header are left out.
 */
export function createMp3Parser(): AudioParser {
	const sound = new Mp3Sound();
	/** Whether a frame or tag is to begin at the next step; else one is searched for. */
	let isInSync = true;
	/** A frame after which none began; it counts unless one is found to begin inside it. */
	let doubtful: DoubtfulFrame | undefined;

	function settle(position: number): void {
		if (doubtful !== undefined && doubtful.position + doubtful.frame.bytes <= position)
			sound.add(doubtful.frame, doubtful.position, doubtful.info);
		doubtful = undefined;
	}

	function readInSync(window: ByteWindow, at: number): number {
		const tag = window.bytes[at] === SYNC_BYTE ? undefined : tagBytes(window.bytes, at);
		if (tag !== undefined) return tag;
		const frame = frameAt(window.bytes, at);
		isInSync = false;
		if (frame === undefined || !sound.isOfStream(frame)) return 0;
		const next = at + frame.bytes;
		if (next > window.bytes.length) return Infinity;
		const position = window.start + at;
		const info = readInfoFrame(frame, window.bytes, at);
		if (isFollowed(window, at, frame, LINKS_OF_A_FRAME)) {
			isInSync = true;
			sound.add(frame, position, info);
			return frame.bytes;
		}
		doubtful = { frame, position, info };
		return 1;
	}

	function search(window: ByteWindow, from: number, to: number): number {
		const { bytes } = window;
		for (let at = from; at < to; at += 1) {
			// The native search is fast over a distance, and slow where every byte is one.
			if (bytes[at] !== SYNC_BYTE) at = bytes.indexOf(SYNC_BYTE, at);
			if (at < 0) return bytes.length - from;
			const frame = at < to ? frameAt(bytes, at) : undefined;
			if (frame === undefined || !isBelievable(window, at, frame)) continue;
			settle(window.start + at);
			sound.add(frame, window.start + at, readInfoFrame(frame, bytes, at));
			isInSync = true;
			return at + frame.bytes - from;
		}
		return to - from;
	}

	/** A frame like the ones before it needs less to be believed than the first of its kind. */
	function isBelievable(window: ByteWindow, at: number, frame: Mp3Frame): boolean {
		const links = sound.isOfStream(frame) ? LINKS_OF_A_FRAME : LINKS_OF_A_STREAM;
		return isFollowed(window, at, frame, links);
	}

	return {
		lookAheadBytes: LOOK_AHEAD_BYTES,
		step(window, from) {
			const to = endOfSteps(window);
			let at = from;
			while (at < to) {
				const hop = isInSync ? readInSync(window, at) : 0;
				at += hop > 0 ? hop : search(window, at, to);
			}
			return at - from;
		},
		finish(streamBytes) {
			settle(streamBytes);
			return sound.scan(streamBytes);
		},
	};
}

/** Up to where there are enough bytes to see from each. */
function endOfSteps({ bytes, isLast }: ByteWindow): number {
	return isLast ? bytes.length : bytes.length - LOOK_AHEAD_BYTES + 1;
}

function frameAt(bytes: Buffer, at: number): Mp3Frame | undefined {
	if (bytes[at] !== SYNC_BYTE || at + FRAME_HEADER_BYTES > bytes.length) return undefined;
	return readFrameHeader(bytes.readUInt32BE(at));
}

/** Whether as many frames of the same stream follow, or fewer and then a tag or the end. */
function isFollowed(
	{ bytes, isLast }: ByteWindow,
	at: number,
	first: Mp3Frame,
	links: number,
): boolean {
	let next = at + first.bytes;
	for (let link = 0; link < links; link += 1) {
		// Frames that follow may be cut off, the first one may not.
		if (next >= bytes.length) return isLast && (link > 0 || next === bytes.length);
		const frame = frameAt(bytes, next);
		if (frame === undefined) return startsTag(bytes, next);
		if (!isSameStream(frame, first)) return false;
		next += frame.bytes;
	}
	return true;
}

function isSameStream(one: Mp3Frame, other: Mp3Frame): boolean {
	return one.sampleRate === other.sampleRate && one.channels === other.channels;
}

/** Adds up frames, in the order of the stream. */
class Mp3Sound {
	private readonly ranges: Array<[start: number, end: number]> = [];
	private range: [start: number, end: number] | undefined;
	private first: Mp3Frame | undefined;
	/** Where frames begin to differ in sample rate or channels, the first one of the present kind. */
	private current: Mp3Frame | undefined;
	private info: InfoFrame | undefined;
	private frames = 0;
	private samples = 0;
	/** Seconds and samples of the kinds before the present one. */
	private secondsBefore = 0;
	private samplesBefore = 0;
	private isConstantBitrate = true;
	private obstacle: string | undefined;

	isOfStream(frame: Mp3Frame): boolean {
		return this.current !== undefined && isSameStream(frame, this.current);
	}

	add(frame: Mp3Frame, position: number, info: InfoFrame | undefined): void {
		if (!this.isOfStream(frame)) this.changeTo(frame);
		if (info !== undefined) {
			// If files follow one another, a player skips the delay of the first one.
			if (this.frames === 0) this.info ??= info;
			return;
		}
		this.first ??= frame;
		this.isConstantBitrate &&= frame.bitrateKbps === this.first.bitrateKbps;
		this.frames += 1;
		this.samples += frame.samples;
		this.addRange(position, position + frame.bytes);
	}

	private changeTo(frame: Mp3Frame): void {
		if (this.frames > 0) this.obstacle ??= 'changes its sample rate or channels on the way';
		this.secondsBefore = this.seconds();
		this.samplesBefore = this.samples;
		this.current = frame;
	}

	private seconds(): number {
		const { current, samples, samplesBefore, secondsBefore } = this;
		return secondsBefore + (samples - samplesBefore) / (current?.sampleRate ?? Infinity);
	}

	private addRange(start: number, end: number): void {
		if (this.range?.[1] === start) {
			this.range[1] = end;
			return;
		}
		this.range = [start, end];
		if (this.ranges.length < MOST_RANGES) this.ranges.push(this.range);
		else this.obstacle ??= `is broken into more than ${MOST_RANGES} pieces`;
	}

	scan(streamBytes: number): ReturnType<AudioParser['finish']> {
		const { first, samples, obstacle, info } = this;
		if (first === undefined) return undefined;
		const { delaySamples = 0, paddingSamples = 0, frames } = info ?? {};
		// Where frames are missing, the padding after the last one is missing too.
		const added = delaySamples + (frames === this.frames ? paddingSamples : 0);
		return {
			format: 'mp3',
			encoding: 'mp3',
			sampleRate: first.sampleRate,
			channels: first.channels,
			...(this.isConstantBitrate && { bitrateKbps: first.bitrateKbps }),
			samples,
			durationSeconds: Math.max(0, this.seconds() - added / first.sampleRate),
			streamBytes,
			audio: this.ranges,
			...(obstacle !== undefined && { obstacle }),
		};
	}
}
