import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apeTag, decodeMp3, encodeMp3, id3v1, id3v2, parsedSeconds } from '../../support/audio.mts';
import type { Mp3Options } from '../../support/audio.mts';
import { MP3_KINDS } from './mp3Kinds.mts';
import { join, joinWithPlan, problemOf, scan } from './joining.mts';

const lengths = [0.4, 1.1, 0.2, 0.7];

const encoded = new Map<Mp3Options, Promise<Buffer[]>>();

async function partsOf(options: Mp3Options): Promise<Buffer[]> {
	const parts = encoded.get(options) ?? encodeParts(options);
	encoded.set(options, parts);
	return await parts;
}

async function encodeParts(options: Mp3Options): Promise<Buffer[]> {
	const parts: Buffer[] = [];
	for (const seconds of lengths)
		parts.push(await encodeMp3({ ...options, seconds, frequencyHz: 300 + seconds * 200 }));
	return parts;
}

describe('joining MP3', () => {
	describe.each(MP3_KINDS)('of %s', (_, options) => {
		it.each([0, 300])(
			'gives one file whose duration is that of its parts and pauses of %i ms',
			async (pauseMs) => {
				const parts = await partsOf(options);
				const { joined, plan } = await joinWithPlan(parts, { pauseMs });
				const byHeader = await parsedSeconds(joined, 'audio/mpeg');
				const byFrames = await parsedSeconds(joined, 'audio/mpeg', 'frames');
				expect(byFrames).toBeCloseTo(byHeader, 6);
				expect(plan.durationSeconds).toBeCloseTo(byHeader, 6);
				expect(plan.bytes).toBe(joined.length);
				expect((await scan(joined)).durationSeconds).toBeCloseTo(byHeader, 6);
				// An encoder adds its delay and fills the last frame, up to three frames in all; a pause is whole frames.
				const frameSeconds = (options.sampleRate ?? 0) >= 32_000 ? 1152 : 576;
				const slack = (3 * frameSeconds) / (options.sampleRate ?? 1);
				const expected =
					lengths.reduce((sum, seconds) => sum + seconds, 0) +
					((lengths.length - 1) * pauseMs) / 1000;
				expect(byHeader).toBeGreaterThan(expected - lengths.length * slack);
				expect(byHeader).toBeLessThan(expected + lengths.length * slack);
			},
		);

		it.each([0, 300])(
			'decodes without an error to the sound of its parts, each where its start says, with pauses of %i ms',
			async (pauseMs) => {
				const parts = await partsOf(options);
				const { joined: file, plan } = await joinWithPlan(parts, { pauseMs });
				const joined = await decodeMp3(file);
				expect(joined.problems).toEqual([]);
				expect(joined.sampleRate).toBe(options.sampleRate);
				// The header frame is skipped, or played as one frame of silence.
				const headerSamples = joined.samples - Math.round(plan.durationSeconds * joined.sampleRate);
				expect([0, 576, 1152]).toContain(headerSamples);
				for (const [index, part] of parts.entries()) {
					const { channels, samples } = await decodeMp3(part);
					const time = plan.times[index];
					const start = headerSamples + Math.round((time?.startSeconds ?? NaN) * joined.sampleRate);
					expect(samples).toBe(Math.round((time?.durationSeconds ?? NaN) * joined.sampleRate));
					// A decoder blends the beginning of a part with the end of the one before it.
					const settled = 2 * 1152;
					channels.forEach((channel, at) => {
						const sound = joined.channels[at]?.subarray(start + settled, start + samples);
						expect(loudestDifference(channel.subarray(settled), sound ?? [])).toBeLessThan(1e-4);
					});
				}
			},
		);

		it('is silent in the pauses', async () => {
			const parts = await partsOf(options);
			const { joined: file, plan } = await joinWithPlan(parts, { pauseMs: 500 });
			const joined = await decodeMp3(file);
			const headerSamples = joined.samples - Math.round(plan.durationSeconds * joined.sampleRate);
			plan.times.slice(1).forEach(({ startSeconds }, index) => {
				const { startSeconds: before = NaN, durationSeconds = NaN } = plan.times[index] ?? {};
				const sampleAt = (seconds: number) =>
					headerSamples + Math.round(seconds * joined.sampleRate);
				const pause = [sampleAt(before + durationSeconds), sampleAt(startSeconds)] as const;
				// Rounded to whole frames, of at most 72 ms.
				expect((pause[1] - pause[0]) / joined.sampleRate).toBeCloseTo(0.5, 1);
				for (const channel of joined.channels) {
					// The end of the part before it fades out in the first frame and the decoder's delay.
					const quiet = channel.subarray(pause[0] + 1152 + 529, pause[1]);
					expect(quiet.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0)).toBeLessThan(
						1e-4,
					);
				}
			});
		});
	});

	it('leaves out tags and info frames of every part and writes one header', async () => {
		const one = await encodeMp3({ bitrate: 64, channels: 2, seconds: 0.3 });
		const two = await encodeMp3({ bitrate: 64, channels: 2, seconds: 0.6 });
		const plain = await join([one, two]);
		const tagged = await join([
			Buffer.concat([id3v2('ID3 one'), await join([one]), id3v1('ID3v1 one')]),
			Buffer.concat([
				id3v2('ID3 two', { footer: true }),
				id3v2('again'),
				await join([two]),
				apeTag('APE two'),
				id3v1('ID3v1 two'),
			]),
		]);
		expect(tagged.equals(plain)).toBe(true);
		expect(plain.toString('latin1').split('Info')).toHaveLength(2);
		expect(plain.toString('latin1')).not.toMatch(/ID3|TAG|APETAGEX/);
	});

	it.each([
		['Info', { bitrate: 64 }],
		['Xing', {}],
	] as const)('names the header %s where the bitrate is such', async (id, options) => {
		const joined = await join(await partsOf(options));
		expect(joined.subarray(0, 64).toString('latin1')).toContain(id);
	});

	it('stays of constant bitrate with pauses in it', async () => {
		const joined = await join(await partsOf({ bitrate: 64 }), { pauseMs: 200 });
		expect((await scan(joined)).bitrateKbps).toBe(64);
	});

	it('calls parts of different constant bitrates variable', async () => {
		const parts = [await encodeMp3({ bitrate: 64 }), await encodeMp3({ bitrate: 128 })];
		expect((await join(parts)).subarray(0, 64).toString('latin1')).toContain('Xing');
	});

	it('writes a seek table that leads to the time it stands for', async () => {
		const first = await encodeMp3({ bitrate: 320, seconds: 2 });
		const joined = await join([first, await encodeMp3({ bitrate: 32, seconds: 6 })]);
		const tocStart = joined.indexOf('Xing') + 16;
		const toc = [...joined.subarray(tocStart, tocStart + 100)];
		expect(toc).toEqual([...toc].sort((a, b) => a - b));
		const atSecondPart = first.length / joined.length;
		// Two of eight seconds are over where the second part begins.
		expect((toc[25] ?? 0) / 256).toBeCloseTo(atSecondPart, 1);
		expect((toc[12] ?? 0) / 256).toBeCloseTo(atSecondPart / 2, 1);
		expect((toc[99] ?? 0) / 256).toBeGreaterThan(0.97);
	});

	it('gives the same file however the parts are chunked', async () => {
		const parts = await partsOf({ sampleRate: 24_000, bitrate: 48 });
		const tagged = parts.map((part) => Buffer.concat([id3v2('title'), part, id3v1('title')]));
		const whole = await join(tagged);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
				async (chunkSizes) => {
					expect((await join(tagged, { chunkSizes })).equals(whole)).toBe(true);
				},
			),
			{ numRuns: 40 },
		);
	});

	it('refuses a part that changes its sample rate on the way', async () => {
		const parts = [
			await encodeMp3({ bitrate: 64 }),
			await encodeMp3({ bitrate: 64, sampleRate: 48_000 }),
		];
		expect(await problemOf([Buffer.concat(parts)])).toBe(
			'part 1 changes its sample rate or channels on the way',
		);
	});

	it.each([
		[
			'sample rate',
			{ sampleRate: 48_000 },
			'part 2 is 48000 Hz mono MP3, but part 1 is 44100 Hz mono MP3',
		],
		['channels', { channels: 2 }, 'part 2 is 44100 Hz stereo MP3, but part 1 is 44100 Hz mono MP3'],
	] as const)('refuses parts that differ in %s', async (_, difference, problem) => {
		const parts = [
			await encodeMp3({ bitrate: 64 }),
			await encodeMp3({ bitrate: 64, ...difference }),
		];
		expect(await problemOf(parts)).toBe(problem);
	});
});

function loudestDifference(one: Float32Array, other: ArrayLike<number>): number {
	return one.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (other[at] ?? NaN))), 0);
}
