import { describe, expect, it } from 'vitest';
import { createAudioScanner } from '../../../nodes/shared/audio/audioScanner.ts';
import type { ByteScanner } from '../../../nodes/shared/audio/byteScanner.ts';
import { mp4DurationMeter } from '../../../nodes/shared/audio/mp4Duration.ts';
import {
	decodeMp3,
	encodeMp3,
	id3v1,
	id3v2Picture,
	inChunks,
	infoFrame,
	parsedSeconds,
	tonePcm,
	wavChunk,
	wavFile,
} from '../../support/audio.mts';
import { makeClip } from '../../sandbox/media/clip.mts';
import { dub } from '../../sandbox/media/dub.mts';
import { probe } from '../../sandbox/media/probe.mts';
import { MP3_KINDS } from './mp3Kinds.mts';

const TOLERANCE_SECONDS = 0.05;
const CHUNK_SIZES = [1_400, 3, 16_384];

/** Measures MP3 and WAV. */
function durationMeter(): ByteScanner<number | undefined> {
	const scanner = createAudioScanner();
	return {
		push: (chunk) => scanner.push(chunk),
		finish: () => scanner.finish()?.durationSeconds,
	};
}

/** The duration of an MP4 whose beginning is at hand. */
function mp4DurationSeconds(bytes: Uint8Array): number | undefined {
	const meter = mp4DurationMeter();
	meter.push(bytes);
	return meter.finish();
}

async function measure(
	meter: ByteScanner<number | undefined>,
	file: Uint8Array,
): Promise<number | undefined> {
	for await (const chunk of inChunks(file, CHUNK_SIZES)) meter.push(chunk);
	return meter.finish();
}

/** How long the file sounds when mpg123 plays it, encoder delay left out where the file tells it. */
async function playedSeconds(file: Buffer): Promise<number> {
	const { samples, sampleRate } = await decodeMp3(file, { gapless: true });
	return samples / sampleRate;
}

describe('the duration of an MP3', () => {
	describe.each(MP3_KINDS)('of %s', (_, options) => {
		const seconds = 3.21;
		const encoded = encodeMp3({ ...options, seconds });

		it.each<[string, (frames: Buffer) => Buffer]>([
			['as it is', (frames) => frames],
			[
				'between tags with a picture',
				(frames) => Buffer.concat([id3v2Picture(70_000), frames, id3v1('x')]),
			],
		])('is what a decoder plays, %s', async (__, change) => {
			const frames = await encoded;
			const file = change(frames);
			const measured = await measure(durationMeter(), file);
			expect(measured).toBeCloseTo(await playedSeconds(frames), 6);
			expect(
				Math.abs((measured ?? NaN) - (await parsedSeconds(frames, 'audio/mpeg', 'frames'))),
			).toBeLessThan(TOLERANCE_SECONDS);
		});

		it.each([
			['Info', 'LAME3.100', true],
			['Xing', 'LAME3.100', true],
			['Xing', 'Lavc59.37', false],
		])(
			'is that of the sound before it was encoded, with a %s header of %s',
			async (id, encoder, hasToc) => {
				const frames = await encoded;
				const { samples, sampleRate } = await decodeMp3(frames);
				const soundSamples = Math.round(seconds * sampleRate);
				const perFrame = sampleRate >= 32_000 ? 1152 : 576;
				const delaySamples = 576;
				const tag = {
					frames: samples / perFrame,
					delaySamples,
					paddingSamples: samples - soundSamples - delaySamples,
					encoder,
				};
				const file = Buffer.concat([infoFrame(frames, tag, { id, hasToc }), frames]);
				const measured = await measure(durationMeter(), file);
				expect(measured).toBeCloseTo(soundSamples / sampleRate, 6);
				expect(Math.abs((measured ?? NaN) - (await playedSeconds(file)))).toBeLessThan(
					TOLERANCE_SECONDS,
				);
			},
		);
	});

	it('takes away the padding only where the last frame is there', async () => {
		const frames = await encodeMp3({ bitrate: 64, seconds: 2 });
		const tag = { frames: 999, delaySamples: 576, paddingSamples: 1_000 };
		const whole = await measure(durationMeter(), frames);
		const cut = await measure(durationMeter(), Buffer.concat([infoFrame(frames, tag), frames]));
		expect(cut).toBeCloseTo((whole ?? NaN) - 576 / 44_100, 6);
	});

	it('adds up frames of different sample rates', async () => {
		const file = Buffer.concat([
			await encodeMp3({ bitrate: 64, seconds: 1 }),
			await encodeMp3({ bitrate: 64, seconds: 1, sampleRate: 24_000 }),
		]);
		const measured = await measure(durationMeter(), file);
		expect(measured).toBeGreaterThan(2);
		expect(measured).toBeLessThan(2.2);
	});
});

describe('the duration of a WAV', () => {
	const pcm = tonePcm({ sampleRate: 24_000, seconds: 1.5 });
	it.each([
		['as it is', wavFile(pcm, { sampleRate: 24_000 }), 1.5],
		['in stereo', wavFile(pcm, { sampleRate: 24_000, channels: 2 }), 0.75],
		[
			'of float samples',
			wavFile(pcm, { sampleRate: 24_000, bitsPerSample: 32, formatTag: 3 }),
			0.75,
		],
		['of the extensible kind', wavFile(pcm, { sampleRate: 24_000, extensible: true }), 1.5],
		[
			'with an odd chunk',
			wavFile(pcm, { sampleRate: 24_000, before: [wavChunk('LIST', Buffer.from('INFO!'))] }),
			1.5,
		],
		['of size 0', wavFile(pcm, { sampleRate: 24_000, dataSize: 0, riffSize: 0 }), 1.5],
		[
			'of the largest size',
			wavFile(pcm, { sampleRate: 24_000, dataSize: 0xffffffff, riffSize: 0xffffffff }),
			1.5,
		],
	])('is that of its samples, %s', async (_, file, seconds) => {
		expect(await measure(durationMeter(), file)).toBeCloseTo(seconds, 9);
	});
});

describe('the duration of a video', () => {
	it('is what its header says, wherever that stands', async () => {
		const clip = await makeClip({ durationSeconds: 1.2 });
		const dubbed = await dub(clip, await encodeMp3({ bitrate: 64, seconds: 2 }));
		for (const file of [clip, dubbed]) {
			const { durationSeconds = NaN } = (await probe(file)) ?? {};
			expect(await measure(mp4DurationMeter(), file)).toBeCloseTo(durationSeconds, 1);
			expect(mp4DurationSeconds(file)).toBeCloseTo(durationSeconds, 1);
		}
	});

	it.each([
		['nothing', Buffer.alloc(0)],
		['an MP3', Buffer.from([0xff, 0xfb, 0x90, 0x64])],
		['a header that has not come yet', mp4(['mdat', Buffer.alloc(100)])],
		['an empty box that would be read for ever', Buffer.concat([mp4(), Buffer.alloc(16)])],
		['half a header', mp4(['moov', box('mvhd', Buffer.alloc(10))])],
		['an unknown duration', mp4(['moov', mvhd(1_000, 0xffffffff)])],
		['a duration of 0, as in fragments', mp4(['moov', mvhd(1_000, 0)])],
		['no time scale', mp4(['moov', mvhd(0, 5_000)])],
	])('is unknown of %s', (_, file) => {
		expect(mp4DurationSeconds(file)).toBeUndefined();
	});

	it('is read from a header of 64 bits behind a box of 64 bits', () => {
		const size = Buffer.alloc(8);
		size.writeBigUInt64BE(24n);
		const large = Buffer.concat([Buffer.from('\0\0\0\x01mdat', 'latin1'), size, Buffer.alloc(8)]);
		const file = Buffer.concat([mp4(), large, box('moov', mvhdLong(48_000, 120_000n))]);
		expect(mp4DurationSeconds(file)).toBe(2.5);
	});
});

describe('the duration of anything else', () => {
	it.each([
		['nothing', Buffer.alloc(0)],
		['text', Buffer.from('{"message":"no audio"}')],
		['Ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(10_000)])],
		['an MP4', mp4(['moov', mvhd(1_000, 5_000)])],
	])('is unknown of %s', async (_, file) => {
		expect(await measure(durationMeter(), file)).toBeUndefined();
	});
});

function box(type: string, body: Buffer): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + body.length);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, body]);
}

function mp4(...boxes: ReadonlyArray<readonly [type: string, body: Buffer]>): Buffer {
	const parts = boxes.map(([type, body]) => box(type, body));
	return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0', 'latin1')), ...parts]);
}

function mvhd(timescale: number, duration: number): Buffer {
	const body = Buffer.alloc(100);
	body.writeUInt32BE(timescale, 12);
	body.writeUInt32BE(duration, 16);
	return box('mvhd', body);
}

function mvhdLong(timescale: number, duration: bigint): Buffer {
	const body = Buffer.alloc(112);
	body.writeUInt8(1, 0);
	body.writeUInt32BE(timescale, 20);
	body.writeBigUInt64BE(duration, 24);
	return box('mvhd', body);
}
