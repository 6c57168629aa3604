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
	/** Of its first byte in the stream. */
	readonly start: number;
	/** Whether the stream ends with it. */
	readonly isLast: boolean;
}

/** A scanner that hops from one thing to the next and keeps no more than the few bytes that a parser looks ahead. */
export function createByteScanner<Result>(parser: ByteParser<Result>): ByteScanner<Result> {
	let rest = Buffer.alloc(0);
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
			if (bytes.length - at < parser.lookAheadBytes && !isLast) return at;
			skip = parser.step(window, at);
		}
	}

	return {
		push(chunk) {
			let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
			if (rest.length > 0) {
				// Only as much of the chunk is copied as takes the walk out of what was left over.
				const head = Buffer.concat([rest, bytes.subarray(0, parser.lookAheadBytes)]);
				const at = walk(head, streamBytes - rest.length, false);
				const isWithin = bytes.length <= parser.lookAheadBytes;
				bytes = isWithin ? head.subarray(at) : bytes.subarray(at - rest.length);
			}
			streamBytes += chunk.length;
			const at = walk(bytes, streamBytes - bytes.length, false);
			// Copied, because the chunk belongs to the stream.
			rest = Buffer.from(bytes.subarray(at));
		},
		finish() {
			walk(rest, streamBytes - rest.length, true);
			return parser.finish(streamBytes);
		},
	};
}
