import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioScanner } from '../../../nodes/shared/audio/audioScanner.ts';
import { tonePcm, wavChunk, wavFile } from '../../support/audio.mts';
import type { WavOptions } from '../../support/audio.mts';
import { scan, scanAny } from './joining.mts';

const pcm = tonePcm({ sampleRate: 16_000, seconds: 0.25 });
const samples = pcm.length / 2;
const list = wavChunk('LIST', Buffer.from('INFOISFT\x05\0\0\0odd!\0'));
const oddList = Buffer.concat([Buffer.from('LIST\x05\0\0\0', 'latin1'), Buffer.from('INFO!')]);

describe('the scan of a WAV', () => {
	it.each<[string, Buffer]>([
		['right sizes', wavFile(pcm)],
		['no size', wavFile(pcm, { dataSize: 0, riffSize: 0 })],
		['no size but that of the header', wavFile(pcm, { dataSize: 0, riffSize: 36 })],
		['the largest size', wavFile(pcm, { dataSize: 0xffffffff, riffSize: 0xffffffff })],
		['a size of two gigabytes', wavFile(pcm, { dataSize: 0x7fffffff - 36, riffSize: 0x7fffffff })],
		['no size of the samples', wavFile(pcm, { dataSize: 0, riffSize: 0xffffffff })],
		['the file size for that of the samples', wavFile(pcm, { dataSize: pcm.length + 44 })],
		['eight bytes too few', wavFile(pcm, { dataSize: pcm.length - 8 })],
		['a size of the first chunk alone', wavFile(pcm, { dataSize: 1_024 })],
		[
			'a size of the first chunk alone, in a streamed file',
			wavFile(pcm, { dataSize: 1_024, riffSize: 0xffffffff }),
		],
		['only the size of the samples right', wavFile(pcm, { riffSize: 0 })],
		[
			'only the size of the samples right, and one too large',
			wavFile(pcm, { riffSize: 0xffffffff }),
		],
		[
			'chunks before the samples',
			wavFile(pcm, { before: [list, wavChunk('fact', Buffer.alloc(4))] }),
		],
		['an odd chunk', wavFile(pcm, { before: [wavChunk('junk', Buffer.alloc(33, 0x41))] })],
		['an odd chunk without its padding', wavFile(pcm, { before: [oddList] })],
		[
			'chunks after the samples',
			wavFile(pcm, { after: [list, wavChunk('id3 ', Buffer.alloc(33))] }),
		],
		['half a chunk after the samples', wavFile(pcm, { after: [list] }).subarray(0, -10)],
		['a page behind it', Buffer.concat([wavFile(pcm), Buffer.from('<html></html>')])],
		[
			'half a sample behind it',
			Buffer.concat([wavFile(pcm, { dataSize: 0, riffSize: 0 }), Buffer.alloc(1)]),
		],
	])('finds the samples, and nothing else, with %s', async (_, file) => {
		const found = await scan(file);
		const [range] = found.audio;
		expect(found).toMatchObject({ samples, durationSeconds: 0.25, streamBytes: file.length });
		expect(file.subarray(...(range ?? [0, 0])).equals(pcm)).toBe(true);
	});

	it.each([1, 2, 333])('ends where the file ends when %i bytes are missing', async (missing) => {
		const file = wavFile(pcm);
		const found = await scan(file.subarray(0, file.length - missing));
		expect(found.samples).toBe(samples - Math.ceil(missing / 2));
	});

	it('keeps a file without samples apart from a streamed one', async () => {
		const empty = wavFile(Buffer.alloc(0), { after: [list] });
		expect(await scan(empty)).toMatchObject({ samples: 0, durationSeconds: 0 });
	});

	it.each<[string, WavOptions, object]>([
		[
			'8-bit PCM',
			{ bitsPerSample: 8 },
			{ encoding: 'pcm', bitsPerSample: 8, samples: 2 * samples },
		],
		[
			'float stereo',
			{ bitsPerSample: 32, formatTag: 3, channels: 2 },
			{ encoding: 'float', channels: 2, samples: samples / 4 },
		],
		['extensible PCM', { extensible: true }, { encoding: 'pcm', bitsPerSample: 16, samples }],
		[
			'extensible float',
			{ extensible: true, bitsPerSample: 32, formatTag: 3 },
			{ encoding: 'float', samples: samples / 2 },
		],
	])('tells the kind of %s', async (_, options, expected) => {
		expect(await scan(wavFile(pcm, options))).toMatchObject(expected);
	});

	it('goes by the bits of a sample where the format contradicts itself', async () => {
		const file = patched(wavFile(pcm), 32, 3);
		expect(await scan(file)).toMatchObject({ bitsPerSample: 16, samples });
	});

	it('takes 24 bits that lie in four bytes for samples of 32', async () => {
		const file = wavFile(pcm, { bitsPerSample: 32 });
		file.writeUInt16LE(24, 34);
		expect(await scan(file)).toMatchObject({ bitsPerSample: 32, samples: samples / 2 });
	});

	it.each<[string, Buffer]>([
		['a cut-off header', wavFile(pcm).subarray(0, 30)],
		['a header only', wavFile(pcm).subarray(0, 36)],
		['a cut-off chunk header', wavFile(pcm).subarray(0, 39)],
		[
			'a file without a format',
			Buffer.concat([wavFile(pcm).subarray(0, 12), wavChunk('data', pcm)]),
		],
		['samples of a thousand bits', patched(wavFile(pcm), 34, 1_000)],
		['no channels', patched(wavFile(pcm), 22, 0)],
		['no sample rate', patched(wavFile(pcm), 24, 0)],
		['a compressed file', wavFile(pcm, { formatTag: 2 })],
		[
			'a large file of the kind RF64',
			Buffer.concat([Buffer.from('RF64'), wavFile(pcm).subarray(4)]),
		],
		['a big-endian file', Buffer.concat([Buffer.from('RIFX'), wavFile(pcm).subarray(4)])],
	])('finds nothing in %s', async (_, file) => {
		expect(await scanAny(file)).toBeUndefined();
	});

	it('never throws, whatever passes by', () => {
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
				const scanner = createAudioScanner();
				for (const each of [head, ...chunks]) scanner.push(each);
				const found = scanner.finish();
				expect(found?.samples ?? 0).toBeGreaterThanOrEqual(0);
				expect(found?.audio.at(-1)?.[1] ?? 0).toBeLessThanOrEqual(found?.streamBytes ?? 0);
			}),
			{ numRuns: 1000 },
		);
	});
});

function patched(file: Buffer, offset: number, value: number): Buffer {
	file.writeUInt16LE(value, offset);
	return file;
}
