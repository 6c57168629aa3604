import { createHash } from 'node:crypto';
import { mp3File } from './mp3.mts';
import { languageOf, speakPcm, spokenSampleRate } from './spoken.mts';
import { toneMp3, toneSeconds, toneWav } from './tone.mts';
import { wavFile } from './wav.mts';

export const speechFormats = ['mp3', 'wav'] as const;
export type SpeechFormat = (typeof speechFormats)[number];

const mimeTypes: Record<SpeechFormat, string> = { mp3: 'audio/mpeg', wav: 'audio/wav' };

export interface SpeechOrder {
	readonly text: string;
	readonly voiceId: string;
	readonly format: SpeechFormat;
	readonly speed?: number;
}

export interface Speech {
	readonly bytes: Buffer;
	readonly mimeType: string;
	readonly format: SpeechFormat;
	readonly durationSeconds: number;
	readonly sha256: string;
	readonly text: string;
}

export type VoiceMode = 'spoken' | 'tone';

// Shared by all sandboxes of the process; the oldest entry leaves when the budget is used up.
const cacheBudgetBytes = 256 * 1024 * 1024;
const cache = new Map<string, Promise<Speech>>();
let cachedBytes = 0;

async function remember(key: string, make: () => Promise<Speech>): Promise<Speech> {
	const known = cache.get(key);
	if (known !== undefined) return await known;
	const made = make();
	cache.set(key, made);
	made.catch(() => cache.delete(key));
	const speech = await made;
	cachedBytes += speech.bytes.length;
	for (const [oldestKey, oldest] of cache) {
		if (cachedBytes <= cacheBudgetBytes) break;
		if (oldestKey === key) continue;
		cache.delete(oldestKey);
		cachedBytes -= (await oldest).bytes.length;
	}
	return speech;
}

function finished(order: SpeechOrder, bytes: Buffer, durationSeconds: number): Speech {
	return {
		bytes,
		mimeType: mimeTypes[order.format],
		format: order.format,
		durationSeconds,
		sha256: createHash('sha256').update(bytes).digest('hex'),
		text: order.text,
	};
}

async function tone(order: SpeechOrder): Promise<Speech> {
	const identity = `${order.voiceId}\n${order.text}`;
	const seconds = toneSeconds(order.text);
	const bytes =
		order.format === 'mp3' ? await toneMp3(identity, seconds) : toneWav(identity, seconds);
	return finished(order, bytes, seconds);
}

async function spoken(order: SpeechOrder): Promise<Speech> {
	const voiceHash = createHash('sha256').update(order.voiceId).digest();
	const samples = await speakPcm(order.text, {
		language: languageOf(order.text),
		pitch: 20 + ((voiceHash[4] ?? 0) % 60),
		wordsPerMinute: Math.round(165 * (order.speed ?? 1)),
	});
	const bytes =
		order.format === 'wav'
			? wavFile(samples, spokenSampleRate)
			: await mp3File(
					Float32Array.from(samples, (value) => value / 0x8000),
					{ sampleRate: 22_050, bitrate: 48 },
				);
	return finished(order, bytes, samples.length / spokenSampleRate);
}

/** Speech for an order; the same order always gives the same bytes. */
export async function speak(mode: VoiceMode, order: SpeechOrder): Promise<Speech> {
	const key = JSON.stringify([mode, order.format, order.voiceId, order.speed ?? 1, order.text]);
	return await remember(key, async () => await (mode === 'tone' ? tone(order) : spoken(order)));
}
