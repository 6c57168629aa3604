import type { WasmMediaEncoder } from 'wasm-media-encoders';

let encoderPromise: Promise<WasmMediaEncoder<'audio/mpeg'>> | undefined;

async function loadEncoder(): Promise<WasmMediaEncoder<'audio/mpeg'>> {
	// Loaded on first use: most tests start a sandbox that never encodes.
	const { createMp3Encoder } = await import('wasm-media-encoders');
	return await createMp3Encoder();
}

export interface Mp3Settings {
	readonly sampleRate: 22050 | 48000;
	readonly bitrate: 32 | 48;
}

/** Mono MP3 of constant bitrate, frames only (no tag, no Xing header). */
export async function mp3File(samples: Float32Array, settings: Mp3Settings): Promise<Buffer> {
	encoderPromise ??= loadEncoder();
	const encoder = await encoderPromise;
	encoder.configure({
		channels: 1,
		sampleRate: settings.sampleRate,
		outputSampleRate: settings.sampleRate,
		bitrate: settings.bitrate,
	});
	// The encoder owns what it returns, hence the copies.
	const body = Buffer.from(encoder.encode([samples]));
	return Buffer.concat([body, Buffer.from(encoder.finalize())]);
}
