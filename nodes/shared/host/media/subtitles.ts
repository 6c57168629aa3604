import type { IBinaryData } from 'n8n-workflow';

import type { Cue } from '../../text/subtitles/cues';
import { subtitleFormats } from '../../text/subtitles/formats';
import type { BinaryStore } from './binaryStore';

/** Stores cues as a file. `stem` is its name without an extension. */
export async function storeCues(
	cues: readonly Cue[],
	{ format, stem }: { readonly format: keyof typeof subtitleFormats; readonly stem: string },
	binaries: BinaryStore,
): Promise<IBinaryData> {
	const { fileExtension, mimeType, write } = subtitleFormats[format];
	return await binaries.store(Buffer.from(write(cues)), `${stem}.${fileExtension}`, mimeType);
}
