import { expect } from 'vitest';

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
		default:
			throw new Error(`Nobody here knows how to play ${mimeType}`);
	}
}
