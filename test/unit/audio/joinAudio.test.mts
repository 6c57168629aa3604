import { describe, expect, it } from 'vitest';
import { joinAudio, joinerFor } from '../../../nodes/shared/audio/joinAudio.ts';
import type { StoredPart } from '../../../nodes/shared/audio/joinAudio.ts';
import { collect, encodeMp3, inChunks, tonePcm, wavFile } from '../../support/audio.mts';
import { joiner, scan } from './joining.mts';

const file = wavFile(tonePcm({ sampleRate: 16_000, seconds: 1 }));

/** A part that notes when it is opened, read and closed. */
async function watchedPart(log: string[], name: string): Promise<StoredPart> {
	return {
		scan: await scan('wav', file),
		open: () => {
			log.push(`open ${name}`);
			return Promise.resolve(watched());
		},
	};
	async function* watched(): AsyncGenerator<Uint8Array> {
		try {
			for await (const chunk of inChunks(file, [8_192])) {
				log.push(`read ${name}`);
				yield chunk;
			}
		} finally {
			log.push(`close ${name}`);
		}
	}
}

describe('joinerFor', () => {
	it.each(['ogg', 'opus', 'MP3', ''])('knows no joiner for "%s"', (format) => {
		expect(joinerFor(format)).toBeUndefined();
	});
});

describe('a scan', () => {
	it('throws at its end only, so that it spoils no download that it watches', () => {
		const scanner = joiner('mp3').scanner(0);
		scanner.push(file);
		expect(() => scanner.finish()).toThrow('part 1 has no MP3 frame at byte 0');
	});

	it('is plain data that survives JSON', async () => {
		for (const found of [
			await scan('wav', file),
			await scan('mp3', await encodeMp3({ bitrate: 64 })),
		]) {
			expect(JSON.parse(JSON.stringify(found))).toEqual(found);
			expect(JSON.stringify(found).length).toBeLessThan(200);
		}
	});
});

describe('joinAudio', () => {
	it('opens one part at a time and reads no further than what was taken', async () => {
		const log: string[] = [];
		const parts = [await watchedPart(log, 'a'), await watchedPart(log, 'b')];
		const joined = joinAudio(joiner('wav'), parts);
		expect(log).toEqual([]);
		await joined.next();
		expect(log).toEqual([]);
		await joined.next();
		expect(log).toEqual(['open a', 'read a']);
		for await (const chunk of joined) expect(chunk.length).toBeLessThanOrEqual(8_192);
		expect(log.filter((entry) => !entry.startsWith('read'))).toEqual([
			'open a',
			'close a',
			'open b',
			'close b',
		]);
	});

	it('closes the part that is open when its reader leaves', async () => {
		const log: string[] = [];
		const joined = joinAudio(joiner('wav'), [await watchedPart(log, 'a')]);
		await joined.next();
		await joined.next();
		await joined.return(undefined);
		expect(log.at(-1)).toBe('close a');
	});

	it('hands on what a part fails with while it is read', async () => {
		const failing: StoredPart = {
			scan: await scan('wav', file),
			open: () => Promise.reject(new Error('the file is gone')),
		};
		await expect(collect(joinAudio(joiner('wav'), [failing]))).rejects.toThrow('the file is gone');
	});

	it('refuses what does not fit together before it opens a part', async () => {
		const log: string[] = [];
		const parts = [await watchedPart(log, 'a'), await watchedPart(log, 'b')];
		const other = parts.map((part, index) => ({
			...part,
			scan: { ...part.scan, sampleRate: 8000 * (index + 1) },
		}));
		expect(() => joinAudio(joiner('wav'), other)).toThrow('part 2 is 16000 Hz');
		expect(log).toEqual([]);
	});

	it.each(['wav', 'mp3'] as const)('refuses a joined %s of more than 4 GiB', async (format) => {
		const found = await scan(format, format === 'wav' ? file : await encodeMp3({ bitrate: 64 }));
		const part: StoredPart = {
			scan: { ...found, audio: [[0, 2 ** 31]] },
			open: () => Promise.resolve(inChunks(file)),
		};
		expect(() => joinAudio(joiner(format), [part])).not.toThrow();
		expect(() => joinAudio(joiner(format), [part, part])).toThrow(
			expect.objectContaining({ reason: 'tooLarge', partIndex: 1 }),
		);
	});

	it.each([
		['shorter', file.subarray(0, -2)],
		['longer', Buffer.concat([file, file])],
	])('refuses a part that became %s since it was scanned', async (_, changed) => {
		const part = { scan: await scan('wav', file), open: () => Promise.resolve(inChunks(changed)) };
		const joined = collect(joinAudio(joiner('wav'), [part, part]));
		await expect(joined).rejects.toMatchObject({ reason: 'changed', partIndex: 0 });
	});

	it('needs at least one part', () => {
		expect(() => joinAudio(joiner('wav'), [])).toThrow(RangeError);
	});
});
