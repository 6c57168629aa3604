import { describe, expect, it } from 'vitest';
import { ChangedAudioError } from '../../../nodes/shared/audio/changedAudioError.ts';
import { joinAudio } from '../../../nodes/shared/audio/joinAudio.ts';
import { planJoin } from '../../../nodes/shared/audio/joinPlan.ts';
import type { JoinPlan } from '../../../nodes/shared/audio/joinPlan.ts';
import { collect, encodeMp3, inChunks, tonePcm, wavFile } from '../../support/audio.mts';
import { planned, problemOf, scan } from './joining.mts';

const file = wavFile(tonePcm({ sampleRate: 16_000, seconds: 1 }));

/** A join of the file with itself that notes when a part is opened, read and closed. */
async function watchedJoin(log: string[], parts: number): Promise<AsyncGenerator<Buffer>> {
	const found = await scan(file);
	const plan = planned(Array.from({ length: parts }, () => found));
	return joinAudio(plan, (index) => {
		log.push(`open ${index}`);
		return Promise.resolve(watched(index));
	});
	async function* watched(index: number): AsyncGenerator<Uint8Array> {
		try {
			for await (const chunk of inChunks(file, [8_192])) {
				log.push(`read ${index}`);
				yield chunk;
			}
		} finally {
			log.push(`close ${index}`);
		}
	}
}

async function planOf(parts: number): Promise<JoinPlan> {
	const found = await scan(file);
	return planned(Array.from({ length: parts }, () => found));
}

describe('joinAudio', () => {
	it('opens one part at a time and reads no further than what was taken', async () => {
		const log: string[] = [];
		const joined = await watchedJoin(log, 2);
		await joined.next();
		expect(log).toEqual([]);
		await joined.next();
		expect(log).toEqual(['open 0', 'read 0']);
		for await (const chunk of joined) expect(chunk.length).toBeLessThanOrEqual(8_192);
		expect(log.filter((entry) => !entry.startsWith('read'))).toEqual([
			'open 0',
			'close 0',
			'open 1',
			'close 1',
		]);
	});

	it('closes the part that is open when its reader leaves', async () => {
		const log: string[] = [];
		const joined = await watchedJoin(log, 1);
		await joined.next();
		await joined.next();
		await joined.return(undefined);
		expect(log.at(-1)).toBe('close 0');
	});

	it('hands on what a part fails with while it is read', async () => {
		const joined = joinAudio(await planOf(1), () => Promise.reject(new Error('the file is gone')));
		await expect(collect(joined)).rejects.toThrow('the file is gone');
	});

	it.each([
		['shorter', file.subarray(0, -2)],
		['longer', Buffer.concat([file, file])],
	])('refuses a part that became %s since it was scanned', async (_, changed) => {
		const joined = collect(
			joinAudio(await planOf(2), (index) =>
				Promise.resolve(inChunks(index === 1 ? changed : file)),
			),
		);
		await expect(joined).rejects.toThrow(ChangedAudioError);
		await expect(joined).rejects.toMatchObject({ partIndex: 1 });
	});
});

describe('planJoin', () => {
	it('says what kinds differ when an MP3 arrived where the other parts are WAV', async () => {
		const mp3 = await encodeMp3({ bitrate: 64 });
		expect(await problemOf([file, mp3])).toBe(
			'part 2 is 44100 Hz mono MP3, but part 1 is 16000 Hz mono PCM of 16 bits',
		);
	});

	it('names the kind of what has arrived', async () => {
		expect(planned([await scan(file)])).toMatchObject({ format: 'wav', mimeType: 'audio/wav' });
		const mp3 = await scan(await encodeMp3({ bitrate: 64 }));
		expect(planned([mp3])).toMatchObject({ format: 'mp3', mimeType: 'audio/mpeg' });
	});

	it('names the part that is no audio', async () => {
		expect(await problemOf([file, Buffer.from('{"message":"try later"}'), file])).toBe(
			'part 2 is not an MP3 or WAV file that can be read',
		);
	});

	it.each(['wav', 'mp3'] as const)('refuses a joined %s of more than 4 GiB', async (format) => {
		const found = await scan(format === 'wav' ? file : await encodeMp3({ bitrate: 64 }));
		const large = { ...found, audio: [[0, 2 ** 31] as const] };
		expect(planJoin([large]).type).toBe('joinable');
		expect(planJoin([large, large])).toEqual({
			type: 'notJoinable',
			problem: 'the joined file would be larger than 4 GiB',
		});
	});

	it('has nothing to join without parts', () => {
		expect(planJoin([])).toEqual({ type: 'notJoinable', problem: 'there are no parts' });
	});
});
