/**
 * - `broken`: not a whole file of its format (lost frame, cut off, no audio at all)
 * - `unsupported`: a kind of this format that is not joined (free-format or Layer I/II MP3, compressed WAV, RF64)
 * - `mismatch`: sample rate, channels or encoding differ from the first part's
 * - `tooLarge`: the joined file would not fit into its format
 * - `changed`: the file read for joining is not the one that was scanned
 */
export type AudioJoinReason = 'broken' | 'unsupported' | 'mismatch' | 'tooLarge' | 'changed';

/** Why parts cannot become one file. `message` goes on a sentence that begins with the part: "part 3 is …". */
export class AudioJoinError extends Error {
	constructor(
		/** Counted from 0. */
		readonly partIndex: number,
		readonly reason: AudioJoinReason,
		problem: string,
	) {
		super(`part ${partIndex + 1} ${problem}`);
		this.name = 'AudioJoinError';
	}
}
