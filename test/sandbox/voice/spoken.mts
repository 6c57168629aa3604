import { setImmediate as turn } from 'node:timers/promises';
import type { SpeechWorker } from '@echogarden/espeak-ng-emscripten';

export const spokenSampleRate = 22_050;

/** How a voice sounds: an espeak-ng language, pitch in percent, words per minute. */
export interface Casting {
	readonly language: string;
	readonly pitch: number;
	readonly wordsPerMinute: number;
}

let workerPromise: Promise<SpeechWorker> | undefined;
let queue: Promise<unknown> = Promise.resolve();

async function loadWorker(): Promise<SpeechWorker> {
	const { default: load } = await import('@echogarden/espeak-ng-emscripten');
	const { eSpeakNGWorker } = await load();
	return new eSpeakNGWorker();
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

async function synthesize(text: string, casting: Casting): Promise<Int16Array> {
	workerPromise ??= loadWorker();
	const worker = await workerPromise;
	const chunks: Int16Array[] = [];
	for (const { segment } of sentences.segment(text)) {
		if (worker.set_voice(casting.language) !== 0) worker.set_voice('en-us');
		worker.set_pitch(casting.pitch);
		worker.set_rate(casting.wordsPerMinute);
		worker.synthesize(segment, (samples) => {
			chunks.push(samples);
			return false;
		});
		// Synthesis blocks; a turn between sentences lets other requests be served.
		await turn();
	}
	const samples = new Int16Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
	let offset = 0;
	for (const chunk of chunks) {
		samples.set(chunk, offset);
		offset += chunk.length;
	}
	return samples;
}

/** Speaks one text at a time, since the synthesiser has a single state. */
export async function speakPcm(text: string, casting: Casting): Promise<Int16Array> {
	const result = queue.then(async () => await synthesize(text, casting));
	queue = result.catch(() => undefined);
	return await result;
}

/** Chooses by the script of the text, which is right more often than any default. */
export function languageOf(text: string): string {
	if (/\p{Script=Cyrillic}/u.test(text)) return 'ru';
	if (/\p{Script=Han}/u.test(text)) return 'cmn';
	return 'en-us';
}
