import type {
	EngineRequest,
	EngineResponse,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	ITaskData,
} from 'n8n-workflow';
import { describe } from './coreNodes.mts';
import type { Host } from './host.mts';

export const agentType = 'test.agent';

/** n8n's `<name>Tool`: the same node with no inputs, an `ai_tool` output and a description for the model. */
export function toToolType(host: Host, nodeType: INodeType): INodeType {
	const { usableAsTool, ...description } = host.workflow.deepCopy(nodeType.description);
	if (!usableAsTool) throw new Error(`${description.name} is not usable as a tool`);
	const replacements = typeof usableAsTool === 'object' ? usableAsTool.replacements : {};
	return Object.create(nodeType, {
		description: {
			value: {
				...description,
				...replacements,
				name: `${description.name}Tool`,
				displayName: `${description.displayName} Tool`,
				inputs: [],
				outputs: [host.workflow.NodeConnectionTypes.AiTool],
				properties: [
					{
						displayName: 'Description',
						name: 'toolDescription',
						type: 'string',
						default: description.description,
					},
					...description.properties,
				],
			},
		},
	});
}

/** Asks the engine for the connected tool as n8n's Agent v3 does, then hands on what its model would read. */
export function agentNode(host: Host, toolName: string, args: IDataObject): INodeType {
	const request: EngineRequest = {
		actions: [
			{
				actionType: 'ExecutionNodeAction',
				nodeName: toolName,
				input: args,
				type: host.workflow.NodeConnectionTypes.AiTool,
				id: 'call_1',
				metadata: { itemIndex: 0 },
			},
		],
		metadata: {},
	};
	return {
		description: describe('agent', {
			inputs: ['main', host.workflow.NodeConnectionTypes.AiTool],
		}),
		async execute(
			this: IExecuteFunctions,
			response?: EngineResponse,
		): Promise<INodeExecutionData[][] | EngineRequest> {
			const [answer] = response?.actionResponses ?? [];
			return answer ? [[{ json: { observation: observationOf(answer.data) } }]] : request;
		},
	};
}

function observationOf({ data, error }: ITaskData): string {
	const rows = data?.['ai_tool']?.[0] ?? [];
	if (rows.length > 0) return JSON.stringify(rows.map(({ json }) => json));
	return JSON.stringify(error ? { error: error.message, errorType: error.name } : '');
}
