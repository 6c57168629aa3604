import { createHash } from 'node:crypto';
import { mp3File } from './mp3.mts';
import { wavFile } from './wav.mts';

/*
 * Audio for runs by the thousand: a few tones are encoded once; each text gets its own bytes because
 * a hash of it is written where decoders do not listen (private bits of MP3, lowest bits of WAV).
 */

const frequenciesHz = [330, 392, 440, 523];
const longestSeconds = 3;
const shortestSeconds = 0.384;
const secondsPerCharacter = 0.02;

const mp3SampleRate = 48_000;
// 32 kbit/s at 48 kHz makes every frame exactly 96 bytes and 24 ms, so frames are found by counting.
const mp3FrameBytes = 96;
const mp3FrameSeconds = 0.024;
const wavSampleRate = 8_000;

export function toneSeconds(text: string): number {
	const wanted = Math.max(shortestSeconds, [...text].length * secondsPerCharacter);
	const frames = Math.round(Math.min(longestSeconds, wanted) / mp3FrameSeconds);
	return frames * mp3FrameSeconds;
}

function sine(frequencyHz: number, sampleRate: number): Float32Array {
	const step = (2 * Math.PI * frequencyHz) / sampleRate;
	const samples = new Float32Array(sampleRate * (longestSeconds + 0.2));
	return samples.map((_, index) => Math.sin(index * step) * 0.4);
}

const mp3Masters = new Map<number, Promise<Buffer>>();
const wavMasters = new Map<number, Int16Array>();

async function mp3Master(frequencyHz: number): Promise<Buffer> {
	let master = mp3Masters.get(frequencyHz);
	if (master === undefined) {
		master = mp3File(sine(frequencyHz, mp3SampleRate), { sampleRate: 48_000, bitrate: 32 });
		mp3Masters.set(frequencyHz, master);
	}
	return await master;
}

function wavMaster(frequencyHz: number): Int16Array {
	let master = wavMasters.get(frequencyHz);
	if (master === undefined) {
		master = Int16Array.from(sine(frequencyHz, wavSampleRate), (value) => value * 0x7fff);
		wavMasters.set(frequencyHz, master);
	}
	return master;
}

function bitAt(digest: Buffer, position: number): number {
	const wrapped = position % (digest.length * 8);
	return ((digest[wrapped >> 3] ?? 0) >> (wrapped & 7)) & 1;
}

function fiveBitsAt(digest: Buffer, position: number): number {
	let bits = 0;
	for (let index = 0; index < 5; index += 1) bits |= bitAt(digest, position + index) << index;
	return bits;
}

function frequencyFor(digest: Buffer): number {
	return frequenciesHz[(digest[0] ?? 0) % frequenciesHz.length] ?? 440;
}

/** A decodable MP3 (48 kHz mono) whose frames carry the hash of `identity`. */
export async function toneMp3(identity: string, durationSeconds: number): Promise<Buffer> {
	const digest = createHash('sha256').update(identity).digest();
	const master = await mp3Master(frequencyFor(digest));
	const frames = Math.round(durationSeconds / mp3FrameSeconds);
	const file = Buffer.from(master.subarray(0, frames * mp3FrameBytes));
	for (let frame = 0; frame < frames; frame += 1) {
		// MPEG-1 mono: 9 bits of main_data_begin after the 4-byte header, then 5 private bits.
		const offset = frame * mp3FrameBytes + 5;
		file[offset] = ((file[offset] ?? 0) & 0x83) | (fiveBitsAt(digest, frame * 5) << 2);
	}
	return file;
}

/** The same as WAV (8 kHz, 16 bit, mono). */
export function toneWav(identity: string, durationSeconds: number): Buffer {
	const digest = createHash('sha256').update(identity).digest();
	const master = wavMaster(frequencyFor(digest));
	const samples = master.slice(0, Math.round(durationSeconds * wavSampleRate));
	for (let index = 0; index < Math.min(samples.length, 256); index += 1) {
		samples[index] = ((samples[index] ?? 0) & ~1) | bitAt(digest, index);
	}
	return wavFile(samples, wavSampleRate);
}
