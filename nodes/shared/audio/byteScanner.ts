/** Takes a stream's bytes as they pass by, in chunks of any size. */
export interface ByteScanner<Result> {
	/** Never throws: a scan must not spoil the download that it watches. */
	push(chunk: Uint8Array): void;
	/** To be called once, after the last chunk. */
	finish(): Result;
}

/** The part of a scanner that knows a format. */
export interface ByteParser<Result> {
	/** How many bytes `step` wants to see from where it stands; it sees fewer only at the end of the stream. */
	readonly lookAheadBytes: number;
	/** Reads what begins at `at` and returns how many bytes on to go; Infinity when nothing after it matters. */
	step(window: ByteWindow, at: number): number;
	finish(streamBytes: number): Result;
}

/** The bytes of the stream that are at hand. */
export interface ByteWindow {
	readonly bytes: Buffer;
	/** The position of its first byte in the stream. */
	readonly start: number;
	/** Whether the stream ends with it. */
	readonly isLast: boolean;
}

/** Seams of finished scans, for the next ones: memory outside of the heap makes the engine collect garbage sooner. */
const spareSeams: Buffer[] = [];
const MOST_SPARE_SEAMS = 32;

function takeSeam(bytes: number): Buffer {
	const place = spareSeams.findIndex((seam) => seam.length >= bytes);
	return spareSeams.splice(place, place === -1 ? 0 : 1)[0] ?? Buffer.allocUnsafe(bytes);
}

function giveBackSeam(seam: Buffer | undefined): void {
	if (seam !== undefined && spareSeams.length < MOST_SPARE_SEAMS) spareSeams.push(seam);
}

/** A scanner that hops from one thing to the next and keeps no more than the few bytes that a parser looks ahead. */
export function createByteScanner<Result>(parser: ByteParser<Result>): ByteScanner<Result> {
	const { lookAheadBytes } = parser;
	/** The bytes that were left over, followed by enough of the next chunk to walk past them. Made once for all chunks. */
	let seam: Buffer | undefined;
	let restBytes = 0;
	let skip = 0;
	let streamBytes = 0;

	/** Walks on while there are enough bytes to see; returns where it stands. `start` is where `bytes` begin. */
	function walk(bytes: Buffer, start: number, isLast: boolean): number {
		const window = { bytes, start, isLast };
		let at = 0;
		for (;;) {
			const hop = Math.min(skip, bytes.length - at);
			at += hop;
			skip -= hop;
			if (at === bytes.length) return at;
			if (bytes.length - at < lookAheadBytes && !isLast) return at;
			skip = parser.step(window, at);
		}
	}

	/** Copies, because a chunk belongs to the stream. */
	function keep(bytes: Buffer): void {
		restBytes = bytes.length;
		if (restBytes === 0) return;
		seam ??= takeSeam(2 * lookAheadBytes);
		bytes.copy(seam);
	}

	return {
		push(chunk) {
			if (skip === Infinity) {
				streamBytes += chunk.length;
				return;
			}
			const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
			const start = streamBytes;
			streamBytes += chunk.length;
			let from = 0;
			if (seam !== undefined && restBytes > 0) {
				const copied = bytes.copy(seam, restBytes, 0, lookAheadBytes);
				const joint = seam.subarray(0, restBytes + copied);
				const at = walk(joint, start - restBytes, false);
				from = at - restBytes;
				if (copied === bytes.length) {
					keep(joint.subarray(at));
					return;
				}
			}
			const left = bytes.subarray(from);
			keep(left.subarray(walk(left, start + from, false)));
		},
		finish() {
			const rest = seam?.subarray(0, restBytes) ?? Buffer.alloc(0);
			walk(rest, streamBytes - restBytes, true);
			giveBackSeam(seam);
			seam = undefined;
			return parser.finish(streamBytes);
		},
	};
}
