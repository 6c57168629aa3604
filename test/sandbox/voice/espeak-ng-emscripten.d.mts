// The package has no types of its own; this is the part that the sandbox uses.
declare module '@echogarden/espeak-ng-emscripten' {
	export interface SpeechWorker {
		/** 0 when the voice exists. */
		set_voice(name: string): number;
		set_rate(wordsPerMinute: number): number;
		set_pitch(percent: number): number;
		/** Calls back with chunks of 22,050 Hz 16-bit mono; returning true stops it. */
		synthesize(text: string, onChunk: (samples: Int16Array) => boolean): void;
	}
	export default function load(): Promise<{ eSpeakNGWorker: new () => SpeechWorker }>;
}
