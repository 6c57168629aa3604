import type { INodeType } from 'n8n-workflow';

/** The parameters that Synthesize reads of each item. */
const PARAMETERS = [
	'delivery',
	'options',
	'text',
	'voiceId',
	'format',
	'outputBinaryField',
	'simplify',
];

/** A node with the fields of `model` that reads what Synthesize reads, as it reads it, and does nothing with it. */
export function emptyNodeLike(model: INodeType): INodeType {
	return {
		description: { ...model.description, name: 'emptyNode', credentials: [] },
		async execute() {
			const rows = this.getInputData().map((_item, index) => {
				for (const name of PARAMETERS)
					this.getNodeParameter(name, index, undefined, { extractValue: true });
				return { json: {}, pairedItem: { item: index } };
			});
			return [rows];
		},
	};
}
