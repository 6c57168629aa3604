import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioJoinError } from '../../../nodes/shared/audio/audioJoinError.ts';
import { parsedSeconds, tonePcm, wavChunk, wavFile } from '../../support/audio.mts';
import type { WavOptions } from '../../support/audio.mts';
import { join, joiner, scan } from './joining.mts';

const pcm = tonePcm({ sampleRate: 16_000, seconds: 0.25 });
const list = wavChunk('LIST', Buffer.from('INFOISFT\x05\0\0\0odd!\0'));

describe('joining WAV', () => {
	it.each<[string, WavOptions]>([
		['16-bit mono', {}],
		['16-bit stereo', { channels: 2 }],
		['8-bit mono', { bitsPerSample: 8 }],
		['24-bit mono', { bitsPerSample: 24, sampleRate: 24_000 }],
		['32-bit float stereo', { bitsPerSample: 32, formatTag: 3, channels: 2 }],
		['extensible 24-bit', { bitsPerSample: 24, extensible: true }],
		['extensible float', { bitsPerSample: 32, formatTag: 3, extensible: true }],
	])('gives one file of all samples of %s', async (_, options) => {
		const { channels = 1, bitsPerSample = 16, sampleRate = 16_000 } = options;
		const blockBytes = (channels * bitsPerSample) / 8;
		const bodies = [60, 1, 301].map((samples) => Buffer.alloc(samples * blockBytes, samples));
		const joined = await join(
			'wav',
			bodies.map((body) => wavFile(body, options)),
		);
		expect(joined.subarray(44).subarray(0, 362 * blockBytes)).toEqual(Buffer.concat(bodies));
		expect(joined.readUInt32LE(4)).toBe(joined.length - 8);
		expect(joined.readUInt32LE(40)).toBe(362 * blockBytes);
		expect(await parsedSeconds(joined, 'audio/wav')).toBeCloseTo(362 / sampleRate, 9);
	});

	it('takes plain and extensible files of the same samples for equal', async () => {
		const files = [wavFile(pcm), wavFile(pcm, { extensible: true })];
		expect((await join('wav', files)).length).toBe(44 + 2 * pcm.length);
	});

	it('pads an odd number of bytes', async () => {
		const joined = await join('wav', [wavFile(Buffer.alloc(3, 1), { bitsPerSample: 8 })]);
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
		expect((await join('wav', files)).subarray(44)).toEqual(Buffer.concat([pcm, pcm, pcm]));
	});

	it.each([
		['no size', { dataSize: 0, riffSize: 0 }],
		['no size but that of the header', { dataSize: 0, riffSize: 36 }],
		['the largest size', { dataSize: 0xffffffff, riffSize: 0xffffffff }],
		['a size of two gigabytes', { dataSize: 0x7fffffff - 36, riffSize: 0x7fffffff }],
	])('reads samples to the end of a streamed file that says %s', async (_, sizes) => {
		const joined = await join('wav', [wavFile(pcm, sizes), wavFile(pcm)]);
		expect(joined.subarray(44)).toEqual(Buffer.concat([pcm, pcm]));
	});

	it('keeps a file without samples apart from a streamed one', async () => {
		const empty = wavFile(Buffer.alloc(0), { after: [list] });
		expect(await scan('wav', empty)).toMatchObject({ samples: 0 });
		expect((await join('wav', [empty, wavFile(pcm)])).subarray(44)).toEqual(pcm);
	});

	it('gives the same file however the parts are chunked', async () => {
		const files = [wavFile(pcm, { before: [list] }), wavFile(pcm, { after: [list] })];
		const whole = await join('wav', files);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
				async (sizes) => {
					expect((await join('wav', files, sizes)).equals(whole)).toBe(true);
				},
			),
			{ numRuns: 40 },
		);
	});

	it.each<[string, string, Buffer]>([
		['an empty file', 'broken', Buffer.alloc(0)],
		['text', 'broken', Buffer.from('{"error":"nothing was synthesized"}')],
		['a cut-off header', 'broken', wavFile(pcm).subarray(0, 30)],
		['a header only', 'broken', wavFile(pcm).subarray(0, 36)],
		['a cut-off chunk header', 'broken', wavFile(pcm).subarray(0, 39)],
		['cut-off samples', 'broken', wavFile(pcm).subarray(0, -1)],
		['half a sample', 'broken', wavFile(Buffer.alloc(8), { dataSize: 0xffffffff }).subarray(0, -1)],
		[
			'samples before their format',
			'broken',
			Buffer.concat([wavFile(pcm).subarray(0, 12), wavChunk('data', pcm)]),
		],
		['a format that contradicts itself', 'broken', patched(wavFile(pcm), 32, 3)],
		['no channels', 'broken', patched(wavFile(pcm), 22, 0)],
		['a compressed file', 'unsupported', wavFile(pcm, { formatTag: 2 })],
		[
			'a large file of the kind RF64',
			'unsupported',
			Buffer.concat([Buffer.from('RF64'), wavFile(pcm).subarray(4)]),
		],
		[
			'a big-endian file',
			'unsupported',
			Buffer.concat([Buffer.from('RIFX'), wavFile(pcm).subarray(4)]),
		],
	])('refuses %s as %s', async (_, reason, file) => {
		const refused = scan('wav', file, { partIndex: 4 });
		await expect(refused).rejects.toThrow(AudioJoinError);
		await expect(refused).rejects.toMatchObject({ partIndex: 4, reason });
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
	])('refuses parts that differ in %s', async (_, difference, message) => {
		const refused = join('wav', [wavFile(pcm), wavFile(pcm, difference)]);
		await expect(refused).rejects.toMatchObject({ partIndex: 1, reason: 'mismatch', message });
	});

	it('never throws while it watches a download, whatever passes by', () => {
		const start = fc.constantFrom(
			wavFile(pcm),
			wavFile(pcm).subarray(0, 12),
			wavFile(pcm).subarray(0, 36),
		);
		const bytes = fc.uint8Array({ maxLength: 100 });
		const chunk = fc.oneof(
			bytes,
			fc.constantFrom(list, wavChunk('data', pcm), wavChunk('fmt ', Buffer.alloc(16))),
		);
		fc.assert(
			fc.property(start, fc.array(chunk, { maxLength: 8 }), (head, chunks) => {
				const scanner = joiner('wav').scanner(0);
				for (const each of [head, ...chunks]) scanner.push(each);
				try {
					expect(scanner.finish().samples).toBeGreaterThanOrEqual(0);
				} catch (error) {
					expect(error).toBeInstanceOf(AudioJoinError);
				}
			}),
			{ numRuns: 1000 },
		);
	});
});

function patched(file: Buffer, offset: number, value: number): Buffer {
	file.writeUInt16LE(value, offset);
	return file;
}
