import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioScanner } from '../../../nodes/shared/audio/audioScanner.ts';
import { apeTag, decodeMp3, encodeMp3, id3v1, id3v2, infoFrame } from '../../support/audio.mts';
import { MP3_KINDS } from './mp3Kinds.mts';
import { join, scan, scanAny } from './joining.mts';

const HTML = Buffer.from(
	'\n<html><body>Bad Gateway \xff\xfb\xff\xe3\xff</body></html>\n',
	'latin1',
);
const LYRICS = Buffer.from('LYRICSBEGININD0000200LYR00008La la la000047LYRICS200');
const MEBIBYTE = 1024 * 1024;

const part = await encodeMp3({ bitrate: 64, seconds: 0.6 });
const clean = await scan(part);
/** Of 64 kbit/s at 44.1 kHz, unpadded or padded. */
const frameBytes = [208, 209];

/** The audio that a scan of the file found. */
async function audioOf(file: Buffer): Promise<Buffer> {
	const { audio } = await scan(file);
	return Buffer.concat(audio.map(([start, end]) => file.subarray(start, end)));
}

function lastFrameStart(): number {
	const { samples } = clean;
	const starts: number[] = [];
	for (let at = 0; at < part.length; at += 208 + (((part[at + 2] ?? 0) >> 1) & 1)) starts.push(at);
	expect(starts).toHaveLength(samples / 1152);
	return starts.at(-1) ?? NaN;
}

describe('the scan of an MP3', () => {
	it.each<[string, Buffer]>([
		['ID3v1 behind it', Buffer.concat([part, id3v1('x')])],
		['ID3v1 and Lyrics3 behind it', Buffer.concat([part, LYRICS, id3v1('x')])],
		['APE and ID3v1 tags behind it', Buffer.concat([part, apeTag('x'), id3v1('x')])],
		['half an ID3v1 tag', Buffer.concat([part, id3v1('x').subarray(0, 50)])],
		[
			'a tag that claims to be longer than the file',
			Buffer.concat([part, id3v2('x').subarray(0, 12)]),
		],
		['zeros behind it', Buffer.concat([part, Buffer.alloc(5_000)])],
		['a page behind it', Buffer.concat([part, HTML])],
		['a page before it', Buffer.concat([HTML, part])],
		['zeros before it', Buffer.concat([Buffer.alloc(5_000), part])],
		['a line break before it', Buffer.concat([Buffer.from('\r\n'), id3v2('x'), part])],
		['zeros between its tag and it', Buffer.concat([id3v2('x'), Buffer.alloc(3_000), part])],
		['one byte behind it', Buffer.concat([part, Buffer.from([0xff])])],
		['half a header behind it', Buffer.concat([part, part.subarray(0, 3)])],
		['a cut-off frame behind it', Buffer.concat([part, part.subarray(0, 100)])],
	])('finds the frames, and nothing else, with %s', async (_, file) => {
		expect((await audioOf(file)).equals(part)).toBe(true);
		expect(await scan(file)).toMatchObject({
			samples: clean.samples,
			durationSeconds: clean.durationSeconds,
			streamBytes: file.length,
		});
	});

	it.each([1, 2, 100])('drops a last frame that lacks %i bytes', async (missing) => {
		const found = await audioOf(part.subarray(0, part.length - missing));
		expect(found.equals(part.subarray(0, lastFrameStart()))).toBe(true);
	});

	it.each([
		['tags', Buffer.concat([id3v1('x'), id3v2('y')])],
		['a page', HTML],
		['zeros', Buffer.alloc(777)],
	])('passes over %s between frames', async (_, garbage) => {
		const file = Buffer.concat([part, garbage, part]);
		expect((await audioOf(file)).equals(Buffer.concat([part, part]))).toBe(true);
		expect((await scan(file)).audio).toHaveLength(2);
	});

	it('passes over the headers of files behind one another', async () => {
		const file = Buffer.concat([await join([part]), await join([part])]);
		expect((await audioOf(file)).equals(Buffer.concat([part, part]))).toBe(true);
	});

	it('loses the frame that lost a byte, and no other', async () => {
		const file = Buffer.concat([part.subarray(0, 1_000), part.subarray(1_001)]);
		const found = await scan(file);
		expect(found.samples).toBe(clean.samples - 1152);
		const [first, second] = found.audio;
		expect(frameBytes).toContain((second?.[0] ?? NaN) - (first?.[1] ?? NaN) + 1);
	});

	it('keeps the frames before and after bytes that came between, so that a decoder has nothing to complain of', async () => {
		const file = Buffer.concat([part.subarray(0, 1_000), HTML, part.subarray(1_000)]);
		expect((await scan(file)).samples).toBe(clean.samples);
		const decoded = await decodeMp3(await join([file]));
		expect(decoded.problems).toEqual([]);
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
		const joined = await join([part]);
		const silent = joined.subarray(0, joined.length - part.length);
		change(silent);
		expect((await scan(joined)).audio).toEqual([[silent.length, joined.length]]);
	});

	it.each(MP3_KINDS)('tells the kind of %s', async (_, { sampleRate, channels, bitrate }) => {
		const file = await encodeMp3({ sampleRate, channels, bitrate, seconds: 1 });
		const found = await scan(file);
		expect(found).toMatchObject({ format: 'mp3', sampleRate, channels });
		expect(found.bitrateKbps).toBe(bitrate);
		expect(found.samples).toBe((await decodeMp3(file)).samples);
	});

	it.each<[string, Buffer]>([
		['an empty file', Buffer.alloc(0)],
		['nothing but a tag', id3v2('title')],
		['nothing but a header', infoFrame(part, { frames: 0, delaySamples: 0, paddingSamples: 0 })],
		['text', Buffer.from('{"error":"nothing was synthesized, and this is not an MP3"}')],
		['a page', HTML],
		['zeros', Buffer.alloc(10_000)],
		['a frame that is cut off', part.subarray(0, 100)],
		['Layer II', withHeaders((word) => (word & ~0x60000) | 0x40000)],
		['a free-format bitrate', withHeaders((word) => word & ~0xf000)],
		['Ogg', Buffer.concat([Buffer.from('OggS'), part])],
		['FLAC', Buffer.concat([Buffer.from('fLaC'), part])],
		['an MP4', Buffer.concat([Buffer.from('\0\0\0\x18ftypM4A ', 'latin1'), part])],
		['an AVI', Buffer.concat([Buffer.from('RIFF\0\0\0\0AVI ', 'latin1'), part])],
		['WebM', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), part])],
	])('finds nothing in %s', async (_, file) => {
		expect(await scanAny(file)).toBeUndefined();
	});

	it('finds nothing in a mebibyte of noise', async () => {
		let seed = 1;
		const noise = Buffer.alloc(MEBIBYTE).map(() => (seed = (seed * 48_271) % 2_147_483_647) & 0xff);
		expect(await scanAny(noise)).toBeUndefined();
	});

	it('is plain data that survives JSON', async () => {
		expect(JSON.parse(JSON.stringify(clean))).toEqual(clean);
		expect(JSON.stringify(clean).length).toBeLessThan(250);
	});

	it('finds the same however the file is chunked', async () => {
		const file = Buffer.concat([HTML, part, HTML, id3v2('x'), part.subarray(0, -1), id3v1('x')]);
		const whole = await scan(file);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
				async (sizes) => {
					expect(await scan(file, sizes)).toEqual(whole);
				},
			),
			{ numRuns: 40 },
		);
	});

	it('keeps a bounded result of a file that is broken into pieces, and still measures it', async () => {
		const [first = NaN] = frameBytes;
		// Two frames and a byte, again and again.
		const piece = Buffer.concat([
			part.subarray(0, first),
			part.subarray(0, first),
			Buffer.from([0]),
		]);
		piece.writeUInt8(piece.readUInt8(2) & 0xfd, 2);
		piece.writeUInt8(piece.readUInt8(first + 2) & 0xfd, first + 2);
		const pieces = 4_000;
		const found = await scan(Buffer.concat([part, ...Array.from({ length: pieces }, () => piece)]));
		expect(found.obstacle).toBe('is broken into more than 1000 pieces');
		expect(found.audio).toHaveLength(1_000);
		expect(found.durationSeconds).toBeCloseTo(
			clean.durationSeconds + (pieces * 2 * 1152) / 44_100,
			1,
		);
	});

	it.each([
		['sync bytes', Buffer.from([0xff])],
		['headers', Buffer.from([0xff, 0xfb, 0x90, 0x64])],
		[
			'smallest frames and a byte',
			Buffer.concat([Buffer.from([0xff, 0xf3, 0x18, 0xc4]), Buffer.alloc(21)]),
		],
		['tags', Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1')],
	])(
		'takes linear time for 10 MB of %s',
		(_, unit) => {
			const chunk = Buffer.alloc(MEBIBYTE, unit);
			const scanner = createAudioScanner();
			for (let mebibytes = 0; mebibytes < 10; mebibytes += 1) scanner.push(chunk);
			// Quadratic time would be hours, longer than any test may take.
			expect(scanner.finish()?.streamBytes ?? 10 * MEBIBYTE).toBe(10 * MEBIBYTE);
		},
		30_000,
	);

	it('never throws, whatever passes by', () => {
		const bytes = fc.uint8Array({ maxLength: 300 });
		const headers = fc.constantFrom(
			Buffer.from([0xff, 0xfb, 0x90, 0x64]),
			part.subarray(0, 700),
			Buffer.from('ID3\x04\x00\x10\x00\x00\x00\x05', 'latin1'),
			Buffer.from('APETAGEX'),
			Buffer.from('TAG'),
		);
		fc.assert(
			fc.property(fc.array(fc.oneof(bytes, headers), { maxLength: 12 }), (chunks) => {
				const scanner = createAudioScanner();
				for (const chunk of chunks) scanner.push(chunk);
				const found = scanner.finish();
				if (found !== undefined) {
					expect(found.samples).toBeGreaterThan(0);
					expect(found.audio.at(-1)?.[1]).toBeLessThanOrEqual(found.streamBytes);
				}
			}),
			{ numRuns: 1000 },
		);
	});
});

/** The part with the header of every frame changed. */
function withHeaders(change: (word: number) => number): Buffer {
	const copy = Buffer.from(part);
	for (let at = 0; at < part.length; at += 208 + (((part[at + 2] ?? 0) >> 1) & 1))
		copy.writeUInt32BE(change(copy.readUInt32BE(at)) >>> 0, at);
	return copy;
}
