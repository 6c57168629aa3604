import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { describeNode } from '../../support/engine/index.mts';
import { SPEECH_TASK_FIELDS } from './speechTask.mts';

/** A node to compare ours with, run by the same engine. */
export function benchNode(
	name: string,
	execute: (this: IExecuteFunctions) => Promise<INodeExecutionData[]>,
): INodeType {
	return {
		description: describeNode(name, {
			properties: SPEECH_TASK_FIELDS.map((field) => ({
				displayName: field,
				name: field,
				type: field === 'concurrency' ? 'number' : 'string',
				default: '',
			})),
		}),
		async execute() {
			return [await execute.call(this)];
		},
	};
}
