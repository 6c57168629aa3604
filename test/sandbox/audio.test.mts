import { MPEGDecoder } from 'mpg123-decoder';
import { parseBuffer } from 'music-metadata';
import { describe, expect, it } from 'vitest';
import { speak, type VoiceMode } from './voice/speaker.mts';
import { toneSeconds } from './voice/tone.mts';

interface Decoded {
	readonly seconds: number;
	readonly errors: number;
	readonly loudness: number;
}

async function decodeMp3(bytes: Buffer): Promise<Decoded> {
	const decoder = new MPEGDecoder({ enableGapless: false });
	await decoder.ready;
	const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(bytes);
	decoder.free();
	const [samples = new Float32Array()] = channelData;
	const energy = samples.reduce((sum, value) => sum + value * value, 0);
	return {
		seconds: samplesDecoded / sampleRate,
		errors: errors.length,
		loudness: Math.sqrt(energy / samples.length),
	};
}

const voiceId = 'voice_123';
const long = 'The first sentence is here. The second one follows, and it is a little longer.';

describe.each<VoiceMode>(['tone', 'spoken'])('the %s voice', (mode) => {
	it('gives an MP3 that decodes without an error to the length it claims', async () => {
		const speech = await speak(mode, { text: long, voiceId, format: 'mp3' });
		const decoded = await decodeMp3(speech.bytes);
		expect(decoded.errors).toBe(0);
		expect(decoded.loudness).toBeGreaterThan(0.01);
		expect(Math.abs(decoded.seconds - speech.durationSeconds)).toBeLessThan(0.1);
	});

	it('gives a WAV whose header tells the length it claims', async () => {
		const speech = await speak(mode, { text: long, voiceId, format: 'wav' });
		const { format } = await parseBuffer(speech.bytes, { mimeType: 'audio/wav' });
		expect(format.container).toBe('WAVE');
		expect(format.duration).toBeCloseTo(speech.durationSeconds, 2);
	});

	it('gives the same bytes for the same order and others for another text or voice', async () => {
		const order = { text: long, voiceId, format: 'mp3' } as const;
		const speech = await speak(mode, order);
		expect((await speak(mode, order)).sha256).toBe(speech.sha256);
		expect((await speak(mode, { ...order, text: `${long} More.` })).sha256).not.toBe(speech.sha256);
		expect((await speak(mode, { ...order, voiceId: 'voice_anna' })).sha256).not.toBe(speech.sha256);
	});
});

describe('tones', () => {
	it('differ for each of a thousand texts, in both formats', async () => {
		for (const format of ['mp3', 'wav'] as const) {
			const texts = Array.from({ length: 1_000 }, (_, index) => `Paragraph ${index}`);
			const speeches = await Promise.all(
				texts.map(async (text) => await speak('tone', { text, voiceId, format })),
			);
			expect(new Set(speeches.map(({ sha256 }) => sha256)).size).toBe(1_000);
		}
	});

	it('last longer for a longer text, up to three seconds', () => {
		expect(toneSeconds('Hi')).toBeCloseTo(0.384, 3);
		expect(toneSeconds('x'.repeat(100))).toBeCloseTo(2, 1);
		expect(toneSeconds('x'.repeat(1_000))).toBeCloseTo(3, 3);
	});
});
