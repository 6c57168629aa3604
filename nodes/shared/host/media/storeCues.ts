import type { IBinaryData } from 'n8n-workflow';

import type { Cue } from '../../text/subtitles/cues';
import { subtitleFormats } from '../../text/subtitles/formats';
import type { BinaryStore } from './binaryStore';

/** What the item that subtitles belong to is asked for. */
export interface SubtitleCall {
	readonly itemIndex: number;
	readonly binaries: Pick<BinaryStore, 'store'>;
	hint(message: string): void;
}

/** The file that cues are stored as. */
export interface SubtitleFile {
	readonly format: keyof typeof subtitleFormats;
	/** Its name without an extension. */
	readonly stem: string;
}

/**
 * Stores cues as a file. `undefined`, with a hint, when n8n cannot store it: what
 * the subtitles belong to is paid for and worth having without them.
 */
export async function storeCues(
	cues: readonly Cue[],
	{ format, stem }: SubtitleFile,
	call: SubtitleCall,
): Promise<IBinaryData | undefined> {
	const { fileExtension, mimeType, write } = subtitleFormats[format];
	const fileName = `${stem}.${fileExtension}`;
	try {
		return await call.binaries.store(Buffer.from(write(cues)), fileName, mimeType);
	} catch {
		call.hint(`Item ${call.itemIndex} has no subtitles, because n8n could not store the file.`);
		return undefined;
	}
}
