import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedSeconds, tonePcm, wavChunk, wavFile } from '../../support/audio.mts';
import type { WavOptions } from '../../support/audio.mts';
import { join, joinWithPlan, problemOf, scan } from './joining.mts';

const pcm = tonePcm({ sampleRate: 16_000, seconds: 0.25 });
const list = wavChunk('LIST', Buffer.from('INFOISFT\x05\0\0\0odd!\0'));

const kinds: ReadonlyArray<readonly [name: string, options: WavOptions]> = [
	['16-bit mono', {}],
	['16-bit stereo', { channels: 2 }],
	['8-bit mono', { bitsPerSample: 8 }],
	['24-bit mono', { bitsPerSample: 24, sampleRate: 24_000 }],
	['32-bit float stereo', { bitsPerSample: 32, formatTag: 3, channels: 2 }],
	['extensible 24-bit', { bitsPerSample: 24, extensible: true }],
	['extensible float', { bitsPerSample: 32, formatTag: 3, extensible: true }],
];

describe('joining WAV', () => {
	it.each(kinds)('gives one file of all samples of %s', async (_, options) => {
		const { channels = 1, bitsPerSample = 16, sampleRate = 16_000 } = options;
		const blockBytes = (channels * bitsPerSample) / 8;
		const bodies = [60, 1, 301].map((samples) => Buffer.alloc(samples * blockBytes, samples));
		const joined = await join(bodies.map((body) => wavFile(body, options)));
		expect(joined.subarray(44).subarray(0, 362 * blockBytes)).toEqual(Buffer.concat(bodies));
		expect(joined.readUInt32LE(4)).toBe(joined.length - 8);
		expect(joined.readUInt32LE(40)).toBe(362 * blockBytes);
		expect(await parsedSeconds(joined, 'audio/wav')).toBeCloseTo(362 / sampleRate, 9);
	});

	it.each(kinds)('puts exact silence between parts of %s', async (_, options) => {
		const { channels = 1, bitsPerSample = 16, sampleRate = 16_000 } = options;
		const blockBytes = (channels * bitsPerSample) / 8;
		const bodies = [60, 1, 301].map((samples) => Buffer.alloc(samples * blockBytes, 0x11));
		const files = bodies.map((body) => wavFile(body, options));
		// Longer than the chunks in which silence is written.
		const { joined, plan } = await joinWithPlan(files, { pauseMs: 2_500 });
		const pauseSamples = 2.5 * sampleRate;
		const silent = Buffer.alloc(pauseSamples * blockBytes, bitsPerSample === 8 ? 0x80 : 0);
		const [one = silent, two = silent, three = silent] = bodies;
		const expected = Buffer.concat([one, silent, two, silent, three]);
		expect(joined.subarray(44, 44 + expected.length).equals(expected)).toBe(true);
		expect(plan.bytes).toBe(joined.length);
		const starts = [0, 60 + pauseSamples, 61 + 2 * pauseSamples];
		expect(plan.times).toEqual(
			[60, 1, 301].map((samples, index) => ({
				startSeconds: (starts[index] ?? NaN) / sampleRate,
				durationSeconds: samples / sampleRate,
			})),
		);
		expect(await parsedSeconds(joined, 'audio/wav')).toBeCloseTo(plan.durationSeconds, 9);
	});

	it('takes plain and extensible files of the same samples for equal', async () => {
		const files = [wavFile(pcm), wavFile(pcm, { extensible: true })];
		expect((await join(files)).length).toBe(44 + 2 * pcm.length);
	});

	it('pads an odd number of bytes', async () => {
		const joined = await join([wavFile(Buffer.alloc(3, 1), { bitsPerSample: 8 })]);
		expect(joined.length).toBe(48);
		expect(joined.readUInt32LE(40)).toBe(3);
		expect(joined.readUInt32LE(4)).toBe(40);
	});

	it('leaves out other chunks and padding', async () => {
		const files = [
			wavFile(pcm, { before: [list, wavChunk('fact', Buffer.alloc(4))] }),
			wavFile(pcm, { after: [list, wavChunk('id3 ', Buffer.alloc(33))] }),
			Buffer.concat([wavFile(pcm), Buffer.from('junk')]),
		];
		expect((await join(files)).subarray(44)).toEqual(Buffer.concat([pcm, pcm, pcm]));
	});

	it('joins a file without samples', async () => {
		const empty = wavFile(Buffer.alloc(0), { after: [list] });
		expect((await join([empty, wavFile(pcm)])).subarray(44)).toEqual(pcm);
	});

	it('gives the same file however the parts are chunked', async () => {
		const files = [wavFile(pcm, { before: [list] }), wavFile(pcm, { after: [list] })];
		const whole = await join(files);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
				async (chunkSizes) => {
					expect((await join(files, { chunkSizes })).equals(whole)).toBe(true);
				},
			),
			{ numRuns: 40 },
		);
	});

	it.each<[string, WavOptions, string]>([
		[
			'sample rate',
			{ sampleRate: 22_050 },
			'part 2 is 22050 Hz mono PCM of 16 bits, but part 1 is 16000 Hz mono PCM of 16 bits',
		],
		[
			'channels',
			{ channels: 2 },
			'part 2 is 16000 Hz stereo PCM of 16 bits, but part 1 is 16000 Hz mono PCM of 16 bits',
		],
		[
			'bits',
			{ bitsPerSample: 8 },
			'part 2 is 16000 Hz mono PCM of 8 bits, but part 1 is 16000 Hz mono PCM of 16 bits',
		],
		[
			'encoding',
			{ bitsPerSample: 32, formatTag: 3 },
			'part 2 is 16000 Hz mono FLOAT of 32 bits, but part 1 is 16000 Hz mono PCM of 16 bits',
		],
	])('refuses parts that differ in %s', async (_, difference, problem) => {
		expect(await problemOf([wavFile(pcm), wavFile(pcm, difference)])).toBe(problem);
	});

	it('keeps the samples of what it has joined when it joins that', async () => {
		const once = await join([wavFile(pcm), wavFile(pcm)]);
		expect(await scan(once)).toMatchObject({ format: 'wav', samples: pcm.length });
		expect((await join([once])).equals(once)).toBe(true);
	});
});
