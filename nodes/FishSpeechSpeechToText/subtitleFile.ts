import type { IBinaryData } from 'n8n-workflow';

import { fileStem } from '../shared/host/media/fileNames';
import { storeCues, type SubtitleCall, type SubtitleFile } from '../shared/host/media/storeCues';
import type { MediaSource } from '../shared/host/parameters/mediaSource';
import { toCues } from '../shared/text/subtitles/cues';
import { readSegments } from '../shared/text/subtitles/readSegments';

/**
 * Stores the subtitles of a transcript. `undefined`, with a hint, when its segments have no times: the transcript is
 * paid for and useful without them.
 */
export async function storeSubtitles(
	sent: readonly unknown[],
	file: SubtitleFile,
	call: SubtitleCall,
): Promise<IBinaryData | undefined> {
	const { segments, withoutTimes } = readSegments(sent);
	const about = `The transcript of item ${call.itemIndex}`;
	if (segments.length === 0) {
		call.hint(`${about} has no segments with times, so there are no subtitles.`);
		return undefined;
	}
	if (withoutTimes > 0)
		call.hint(`${about} has ${withoutTimes} segments without a time: its subtitles lack them.`);
	return await storeCues(toCues(segments), file, call);
}

/** What a recording's file is called, without extension and path characters. */
export function nameOfMedia(source: MediaSource): string {
	const name =
		source.type === 'url' ? lastSegment(new URL(source.url)) : (source.binary.fileName ?? '');
	return fileStem(name, 'subtitles');
}

function lastSegment({ pathname }: URL): string {
	const segment = pathname.split('/').at(-1) ?? '';
	try {
		return decodeURIComponent(segment);
	} catch {
		// A stray percent sign may stay in a file name.
		return segment;
	}
}
