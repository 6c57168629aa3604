import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

/**
 * Stand-ins for the few core nodes that workflows around our nodes need: same type names, same effect on the data,
 * the parameters that our examples use. The engine underneath is n8n's own.
 */
export const coreNodes: Readonly<Record<string, INodeType>> = {
	'n8n-nodes-base.manualTrigger': passThrough('manualTrigger', { group: ['trigger'], inputs: [] }),
	'n8n-nodes-base.scheduleTrigger': passThrough('scheduleTrigger', {
		group: ['trigger'],
		inputs: [],
	}),
	'n8n-nodes-base.noOp': passThrough('noOp'),
	'n8n-nodes-base.stickyNote': passThrough('stickyNote', { inputs: [], outputs: [] }),
	'n8n-nodes-base.set': {
		description: describe('set', {
			properties: [
				{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
				{ displayName: 'JSON', name: 'jsonOutput', type: 'json', default: '{}' },
				{ displayName: 'Fields', name: 'assignments', type: 'assignmentCollection', default: {} },
				{ displayName: 'Keep', name: 'includeOtherFields', type: 'boolean', default: false },
			],
		}),
		execute: setFields,
	},
	'n8n-nodes-base.if': {
		description: describe('if', {
			outputs: ['main', 'main'],
			properties: [{ displayName: 'Conditions', name: 'conditions', type: 'filter', default: {} }],
		}),
		execute: splitByConditions,
	},
	'n8n-nodes-base.splitOut': {
		description: describe('splitOut', {
			properties: [{ displayName: 'Field', name: 'fieldToSplitOut', type: 'string', default: '' }],
		}),
		execute: splitOut,
	},
	'n8n-nodes-base.splitInBatches': {
		description: describe('splitInBatches', {
			outputs: ['main', 'main'],
			properties: [{ displayName: 'Size', name: 'batchSize', type: 'number', default: 1 }],
		}),
		execute: splitInBatches,
	},
	'n8n-nodes-base.wait': {
		description: describe('wait', {
			webhooks: [
				{
					name: 'default',
					httpMethod: '={{ $parameter["httpMethod"] || "GET" }}',
					path: '',
					responseMode: 'onReceived',
					restartWebhook: true,
				},
			],
			properties: [{ displayName: 'Method', name: 'httpMethod', type: 'string', default: 'GET' }],
		}),
		execute: waitForCall,
		async webhook() {
			return { workflowData: [[{ json: { query: this.getQueryData() } }]] };
		},
	},
};

/** A description with everything the engine asks for. */
export function describe(
	name: string,
	overrides: Partial<INodeTypeDescription> = {},
): INodeTypeDescription {
	return {
		displayName: name,
		name,
		description: name,
		group: ['transform'],
		version: 1,
		defaults: { name },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
		...overrides,
	};
}

function passThrough(name: string, overrides: Partial<INodeTypeDescription> = {}): INodeType {
	return {
		description: describe(name, overrides),
		async execute() {
			return [this.getInputData()];
		},
	};
}

interface Assignment {
	readonly name: string;
	readonly value: INodeExecutionData['json'][string];
}

async function setFields(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const rows = this.getInputData().map((item, index): INodeExecutionData => {
		const kept = this.getNodeParameter('includeOtherFields', index, false) ? item.json : {};
		return {
			json: { ...kept, ...fieldsOf(this, index) },
			binary: item.binary,
			pairedItem: { item: index },
		};
	});
	return [rows];
}

function fieldsOf(context: IExecuteFunctions, index: number): INodeExecutionData['json'] {
	if (context.getNodeParameter('mode', index) === 'raw') {
		const raw = context.getNodeParameter('jsonOutput', index);
		const parsed: INodeExecutionData['json'] = typeof raw === 'string' ? JSON.parse(raw) : raw;
		return parsed;
	}
	const assignments = context.getNodeParameter('assignments.assignments', index, []);
	return Object.fromEntries((assignments as Assignment[]).map(({ name, value }) => [name, value]));
}

/** Output 0 is "true", output 1 "false". The conditions are n8n's own. */
async function splitByConditions(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const outputs: INodeExecutionData[][] = [[], []];
	for (const [index, item] of this.getInputData().entries()) {
		const holds = this.getNodeParameter('conditions', index, false, { extractValue: true });
		outputs[holds === true ? 0 : 1]?.push({ ...item, pairedItem: { item: index } });
	}
	return outputs;
}

/** One item for each entry of a list field; entries that are objects become the item. */
async function splitOut(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const rows = this.getInputData().flatMap(({ json }, item) => {
		const field = String(this.getNodeParameter('fieldToSplitOut', item));
		const list = json[field];
		return (Array.isArray(list) ? list : [list]).map((entry): INodeExecutionData => {
			const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
			return { json: isObject ? entry : { [field]: entry }, pairedItem: { item } };
		});
	});
	return [rows];
}

/** Resume "On Webhook Call", without a limit. */
async function waitForCall(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	await this.putExecutionToWait(new Date('3000-01-01'));
	return [this.getInputData()];
}

/** Output 0 is "done", output 1 the next batch, as in n8n's version 3. */
async function splitInBatches(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const state = this.getContext('node') as {
		left?: INodeExecutionData[];
		done?: INodeExecutionData[];
	};
	const incoming = this.getInputData();
	if (state.left === undefined) state.left = [...incoming];
	else state.done = [...(state.done ?? []), ...incoming];
	const batch = state.left.splice(0, this.getNodeParameter('batchSize', 0) as number);
	return batch.length > 0 ? [[], batch] : [state.done ?? [], []];
}
