import type { INodeParameterResourceLocator, INodeParameters } from 'n8n-workflow';
import type { InputItem } from '../engine/index.mts';

/** A resource locator as the editor saves it when an id was typed in. */
export function voice(value: string, mode: 'id' | 'list' = 'id'): INodeParameterResourceLocator {
	return { __rl: true, mode, value };
}

const speech = { text: '={{ $json.text }}', voiceId: voice('voice_123') };

/** Text to Speech → Synthesize of each item's `text`. */
export function synthesize(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'synthesize', ...speech, ...changes };
}

/** Text to Speech → Dialogue of each item's `lines`, with the voices of Anna and Boris. */
export function dialogue(changes: INodeParameters = {}): INodeParameters {
	const speaker = [
		{ name: 'Anna', voiceId: voice('voice_anna') },
		{ name: 'Boris', voiceId: voice('voice_boris') },
	];
	return { operation: 'dialogue', lines: '={{ $json.lines }}', speakers: { speaker }, ...changes };
}

/** Text to Speech → Create Job for each item's `text`. */
export function createJob(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'createJob', ...speech, ...changes };
}

/** Text to Speech → Get Job of each item's `jobId`. */
export function getJob(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'getJob', jobId: '={{ $json.jobId }}', ...changes };
}

/** Text to Speech → Wait for Job of each item's `jobId`. */
export function waitForJob(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'waitForJob', jobId: '={{ $json.jobId }}', ...changes };
}

/** One text of so many sentences of 26 characters, each of which costs three credits. */
export function sentences(count: number): string {
	return Array.from({ length: count }, (_, number) => `Sentence number ${number} of many.`).join(
		' ',
	);
}

/** Items whose texts all differ, long enough to be recognised in logs and errors. */
export function texts(count: number, prefix = 'paragraph'): InputItem[] {
	return Array.from({ length: count }, (_, index) => ({
		json: { text: `The quick brown ${prefix} number ${index} jumps over the lazy dog.` },
	}));
}
