import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioJoinError } from '../../../nodes/shared/audio/audioJoinError.ts';
import { apeTag, decodeMp3, encodeMp3, id3v1, id3v2, parsedSeconds } from '../../support/audio.mts';
import type { Mp3Options } from '../../support/audio.mts';
import { join, joiner, scan } from './joining.mts';

const kinds: ReadonlyArray<readonly [name: string, options: Mp3Options]> = [
	['MPEG-1 stereo of constant bitrate', { sampleRate: 44_100, channels: 2, bitrate: 128 }],
	['MPEG-1 mono of constant bitrate', { sampleRate: 48_000, channels: 1, bitrate: 64 }],
	[
		'MPEG-1 mono of a bitrate too low for the header',
		{ sampleRate: 48_000, channels: 1, bitrate: 32 },
	],
	['MPEG-1 stereo of variable bitrate', { sampleRate: 32_000, channels: 2 }],
	['MPEG-2 mono of constant bitrate', { sampleRate: 24_000, channels: 1, bitrate: 48 }],
	['MPEG-2 stereo of variable bitrate', { sampleRate: 22_050, channels: 2 }],
	['MPEG-2.5 mono of constant bitrate', { sampleRate: 8_000, channels: 1, bitrate: 8 }],
	['MPEG-2.5 stereo of constant bitrate', { sampleRate: 11_025, channels: 2, bitrate: 32 }],
];
const lengths = [0.4, 1.1, 0.2, 0.7];

async function partsOf(options: Mp3Options): Promise<Buffer[]> {
	const parts: Buffer[] = [];
	// One encoder serves all, so one after the other.
	for (const seconds of lengths) {
		parts.push(await encodeMp3({ ...options, seconds, frequencyHz: 300 + seconds * 200 }));
	}
	return parts;
}

describe('joining MP3', () => {
	describe.each(kinds)('of %s', (_, options) => {
		it('gives one file whose parsed duration is that of its parts', async () => {
			const parts = await partsOf(options);
			const joined = await join('mp3', parts);
			const expected = lengths.reduce((sum, seconds) => sum + seconds, 0);
			const byHeader = await parsedSeconds(joined, 'audio/mpeg');
			const byFrames = await parsedSeconds(joined, 'audio/mpeg', 'frames');
			expect(byFrames).toBeCloseTo(byHeader, 6);
			const scans = await Promise.all(parts.map(async (part) => await scan('mp3', part)));
			const scanned = scans.reduce((sum, { samples, sampleRate }) => sum + samples / sampleRate, 0);
			expect(byHeader).toBeCloseTo(scanned, 6);
			// An encoder adds its delay and fills the last frame, up to three frames in all.
			const frameSeconds = (options.sampleRate ?? 0) >= 32_000 ? 1152 : 576;
			const slack = (3 * frameSeconds) / (options.sampleRate ?? 1);
			expect(byHeader).toBeGreaterThanOrEqual(expected);
			expect(byHeader).toBeLessThan(expected + lengths.length * slack);
		});

		it('decodes without an error to the sound of its parts', async () => {
			const parts = await partsOf(options);
			const joined = await decodeMp3(await join('mp3', parts));
			const decoded = [];
			for (const part of parts) decoded.push(await decodeMp3(part));
			expect(joined.problems).toEqual([]);
			expect(joined.sampleRate).toBe(options.sampleRate);
			const silentHeader = joined.samples - decoded.reduce((sum, { samples }) => sum + samples, 0);
			// The header frame is skipped, or played as one frame of silence.
			expect([0, 576, 1152]).toContain(silentHeader);
			let position = silentHeader;
			for (const { channels, samples } of decoded) {
				// A decoder blends the beginning of a part with the end of the one before it.
				const settled = 2 * 1152;
				channels.forEach((channel, index) => {
					const sound =
						joined.channels[index]?.subarray(position + settled, position + samples) ?? [];
					const loudest = channel
						.subarray(settled)
						.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (sound[at] ?? NaN))), 0);
					expect(loudest).toBeLessThan(1e-4);
				});
				position += samples;
			}
		});
	});

	it('leaves out tags and info frames of every part and writes one header', async () => {
		const one = await encodeMp3({ bitrate: 64, channels: 2, seconds: 0.3 });
		const two = await encodeMp3({ bitrate: 64, channels: 2, seconds: 0.6 });
		const plain = await join('mp3', [one, two]);
		const tagged = await join('mp3', [
			Buffer.concat([id3v2('ID3 one'), await join('mp3', [one]), id3v1('ID3v1 one')]),
			Buffer.concat([
				id3v2('ID3 two', { footer: true }),
				id3v2('again'),
				await join('mp3', [two]),
				apeTag('APE two'),
				id3v1('ID3v1 two'),
			]),
		]);
		expect(tagged.equals(plain)).toBe(true);
		expect(plain.toString('latin1').split('Info')).toHaveLength(2);
		expect(plain.toString('latin1')).not.toMatch(/ID3|TAG|APETAGEX/);
	});

	it('leaves out tags and info frames that stand inside a part', async () => {
		const one = await encodeMp3({ bitrate: 64, seconds: 0.3 });
		const two = await encodeMp3({ bitrate: 64, seconds: 0.6 });
		const glued = Buffer.concat([one, id3v1('x'), id3v2('y'), await join('mp3', [two])]);
		const frames = Buffer.concat([one, two]);
		expect((await join('mp3', [glued])).subarray(-frames.length).equals(frames)).toBe(true);
		expect((await scan('mp3', glued)).samples).toBe((await scan('mp3', frames)).samples);
	});

	it.each<[string, (silent: Buffer) => void]>([
		[
			'an Info header behind a checksum',
			(silent) => {
				silent.writeUInt8(silent.readUInt8(1) & 0xfe, 1);
				silent.copyWithin(4 + 2 + 17, 4 + 17);
			},
		],
		[
			'a VBRI header',
			(silent) => {
				silent.fill(0, 4);
				silent.write('VBRI', 36, 'latin1');
			},
		],
	])('leaves out %s', async (_, change) => {
		const part = await encodeMp3({ bitrate: 64 });
		const joined = await join('mp3', [part]);
		const silent = joined.subarray(0, joined.length - part.length);
		change(silent);
		expect((await scan('mp3', joined)).audio).toEqual([[silent.length, joined.length]]);
	});

	it.each([
		['Info', { bitrate: 64 }],
		['Xing', {}],
	] as const)('names the header %s where the bitrate is such', async (id, options) => {
		const joined = await join('mp3', await partsOf(options));
		expect(joined.subarray(0, 64).toString('latin1')).toContain(id);
	});

	it('calls parts of different constant bitrates variable', async () => {
		const parts = [await encodeMp3({ bitrate: 64 }), await encodeMp3({ bitrate: 128 })];
		expect((await join('mp3', parts)).subarray(0, 64).toString('latin1')).toContain('Xing');
	});

	it('writes a seek table that leads to the time it stands for', async () => {
		const first = await encodeMp3({ bitrate: 320, seconds: 2 });
		const joined = await join('mp3', [first, await encodeMp3({ bitrate: 32, seconds: 6 })]);
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
		const whole = await join('mp3', tagged);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
				async (sizes) => {
					expect((await join('mp3', tagged, sizes)).equals(whole)).toBe(true);
				},
			),
			{ numRuns: 40 },
		);
	});

	it.each<[string, string, (part: Buffer) => Buffer]>([
		['an empty file', 'broken', () => Buffer.alloc(0)],
		['nothing but a tag', 'broken', () => id3v2('title')],
		[
			'text',
			'broken',
			() => Buffer.from('{"error":"nothing was synthesized, and this is not an MP3"}'),
		],
		['a cut-off last frame', 'broken', (part) => part.subarray(0, -1)],
		['a cut-off frame header', 'broken', (part) => Buffer.concat([part, part.subarray(0, 3)])],
		['a cut-off tag', 'broken', (part) => Buffer.concat([part, id3v1('x').subarray(0, 100)])],
		['bytes before the first frame', 'broken', (part) => Buffer.concat([Buffer.alloc(7), part])],
		[
			'a lost byte',
			'broken',
			(part) => Buffer.concat([part.subarray(0, 1000), part.subarray(1001)]),
		],
		['zeros at the end', 'broken', (part) => Buffer.concat([part, Buffer.alloc(50)])],
		['free-format bitrate', 'unsupported', (part) => withHeader(part, (word) => word & ~0xf000)],
		['Layer II', 'unsupported', (part) => withHeader(part, (word) => (word & ~0x60000) | 0x40000)],
		['a reserved sample rate', 'broken', (part) => withHeader(part, (word) => word | 0xc00)],
	])('refuses %s as %s', async (_, reason, spoil) => {
		const part = await encodeMp3({ bitrate: 64 });
		const refused = scan('mp3', spoil(part), { partIndex: 2 });
		await expect(refused).rejects.toThrow(AudioJoinError);
		await expect(refused).rejects.toMatchObject({ partIndex: 2, reason });
		await expect(refused).rejects.toThrow(/^part 3 /);
	});

	it('refuses a part that changes its sample rate on the way', async () => {
		const parts = [
			await encodeMp3({ bitrate: 64 }),
			await encodeMp3({ bitrate: 64, sampleRate: 48_000 }),
		];
		await expect(scan('mp3', Buffer.concat(parts))).rejects.toMatchObject({
			reason: 'unsupported',
		});
	});

	it.each([
		[
			'sample rate',
			{ sampleRate: 48_000 },
			'part 2 is 48000 Hz mono MP3, but part 1 is 44100 Hz mono MP3',
		],
		['channels', { channels: 2 }, 'part 2 is 44100 Hz stereo MP3, but part 1 is 44100 Hz mono MP3'],
	] as const)('refuses parts that differ in %s', async (_, difference, message) => {
		const parts = [
			await encodeMp3({ bitrate: 64 }),
			await encodeMp3({ bitrate: 64, ...difference }),
		];
		await expect(join('mp3', parts)).rejects.toMatchObject({
			partIndex: 1,
			reason: 'mismatch',
			message,
		});
	});

	it('never throws while it watches a download, whatever passes by', () => {
		const bytes = fc.uint8Array({ maxLength: 300 });
		const headers = fc.constantFrom(
			Buffer.from([0xff, 0xfb, 0x90, 0x64]),
			Buffer.from('ID3\x04\x00\x10\x00\x00\x00\x05', 'latin1'),
			Buffer.from('APETAGEX'),
			Buffer.from('TAG'),
		);
		fc.assert(
			fc.property(fc.array(fc.oneof(bytes, headers), { maxLength: 12 }), (chunks) => {
				const scanner = joiner('mp3').scanner(0);
				for (const chunk of chunks) scanner.push(chunk);
				try {
					expect(scanner.finish().samples).toBeGreaterThan(0);
				} catch (error) {
					expect(error).toBeInstanceOf(AudioJoinError);
				}
			}),
			{ numRuns: 1000 },
		);
	});
});

function withHeader(part: Buffer, change: (word: number) => number): Buffer {
	const copy = Buffer.from(part);
	copy.writeUInt32BE(change(copy.readUInt32BE(0)) >>> 0, 0);
	return copy;
}
