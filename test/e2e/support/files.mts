import { parse } from '@plussub/srt-vtt-parser';
import { expect } from 'vitest';

import { probe } from '../../sandbox/media/probe.mts';
import { decodeMp3, parsedSeconds } from '../../support/audio.mts';

/** Decodes a downloaded file, whole, and finds that there is something in it. */
export async function expectPlayable(file: Buffer, mimeType: string): Promise<void> {
	switch (mimeType) {
		case 'audio/mpeg': {
			const { samples, problems } = await decodeMp3(file);
			expect(problems).toEqual([]);
			expect(samples).toBeGreaterThan(0);
			return;
		}
		case 'audio/wav':
			expect(await parsedSeconds(file, mimeType)).toBeGreaterThan(0);
			return;
		case 'video/mp4': {
			const facts = await probe(file);
			expect(facts).toMatchObject({ hasVideo: true, hasAudio: true });
			return;
		}
		case 'image/png':
			expect(file.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
			expect(file.subarray(-8, -4).toString('latin1')).toBe('IEND');
			return;
		case 'application/x-subrip':
			expect(parse(file.toString('utf8')).entries).not.toEqual([]);
			return;
		default:
			throw new Error(`Nobody here knows how to play ${mimeType}`);
	}
}
