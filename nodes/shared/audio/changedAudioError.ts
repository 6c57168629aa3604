/** A part that is read for joining is not the file that was scanned; it comes up only while the parts are read. */
export class ChangedAudioError extends Error {
	constructor(
		/** Counted from 0. */
		readonly partIndex: number,
		problem: string,
	) {
		super(`part ${partIndex + 1} ${problem}`);
		this.name = 'ChangedAudioError';
	}
}
