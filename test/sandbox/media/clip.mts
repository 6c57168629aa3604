import { createRequire } from 'node:module';
import type * as H264 from 'h264-mp4-encoder';

const require = createRequire(import.meta.url);

export interface ClipOptions {
	readonly width?: number;
	readonly height?: number;
	readonly frameRate?: number;
	readonly durationSeconds?: number;
}

/** A face of sorts: its mouth opens and closes, so that every frame differs. */
function paintFrame(width: number, height: number, phase: number): Uint8Array {
	const pixels = new Uint8Array(width * height * 4);
	const mouthHeight = height * (0.04 + 0.08 * Math.abs(Math.sin(phase * Math.PI)));
	for (let y = 0; y < height; y += 1) {
		for (let x = 0; x < width; x += 1) {
			const isMouth =
				Math.abs(y - height * 0.7) < mouthHeight && Math.abs(x - width / 2) < width / 6;
			const isFace =
				((x - width / 2) / (width / 3)) ** 2 + ((y - height / 2) / (height / 2.2)) ** 2 < 1;
			const [red, green, blue] = isMouth ? [120, 20, 40] : isFace ? [240, 200, 160] : [40, 80, 140];
			pixels.set([red, green, blue, 255], (y * width + x) * 4);
		}
	}
	return pixels;
}

/** A small real H.264 video without sound, as an MP4 file. */
export async function makeClip(options: ClipOptions = {}): Promise<Buffer> {
	const { width = 160, height = 120, frameRate = 25, durationSeconds = 1.2 } = options;
	// A CommonJS megabyte whose exports `import` cannot see: required, and only when a clip is wanted.
	const h264: typeof H264 = require('h264-mp4-encoder');
	const encoder = await h264.createH264MP4Encoder();
	try {
		encoder.width = width;
		encoder.height = height;
		encoder.frameRate = frameRate;
		encoder.speed = 10;
		encoder.initialize();
		const frames = Math.round(durationSeconds * frameRate);
		for (let frame = 0; frame < frames; frame += 1) {
			encoder.addFrameRgba(paintFrame(width, height, (frame / frameRate) * 4));
		}
		encoder.finalize();
		return Buffer.from(encoder.FS.readFile(encoder.outputFilename));
	} finally {
		encoder.delete();
	}
}
