import type { INodeParameters } from 'n8n-workflow';

export const ACEDATA_NODE = 'aceDataFishAudio';

/** AceData Fish Audio → Generate of each item's `text`. */
export function generateAudio(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'generate', prompt: '={{ $json.text }}', voiceId: 'voice_123', ...changes };
}

/** AceData Fish Audio → Synthesize of each item's `text`. */
export function synthesizeAudio(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'synthesize', text: '={{ $json.text }}', voiceId: 'voice_123', ...changes };
}

/** AceData Fish Audio → Get Task of each item's `taskId`. */
export function getTask(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'getTask', taskId: '={{ $json.taskId }}', ...changes };
}

/** AceData Fish Audio → Wait for Task of each item's `taskId`. */
export function waitForTask(changes: INodeParameters = {}): INodeParameters {
	return { operation: 'waitForTask', taskId: '={{ $json.taskId }}', ...changes };
}
