import type {
	IConnections,
	IDataObject,
	INode,
	INodeParameters,
	IPinData,
	IWorkflowSettings,
} from 'n8n-workflow';
import type { INodeExecutionData } from 'n8n-workflow';
import type { CredentialReference } from './credentials.mts';

/** n8n's export format, as far as running needs it. */
export interface WorkflowJson {
	readonly id?: string;
	readonly name?: string;
	readonly nodes: readonly INode[];
	readonly connections: IConnections;
	readonly settings?: IWorkflowSettings;
	readonly pinData?: IPinData;
	readonly staticData?: IDataObject;
}

/** The node's own settings in the editor. */
export type NodeSettings = Pick<
	INode,
	'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'executeOnce' | 'alwaysOutputData'
>;

export type InputItem = Partial<Pick<INodeExecutionData, 'json' | 'binary'>>;

export interface SingleNode {
	/** Full type name. */
	readonly type: string;
	readonly typeVersion?: number;
	readonly parameters?: INodeParameters;
	readonly settings?: NodeSettings;
	readonly credentials: Readonly<Record<string, CredentialReference>>;
	/** The node's id counts where n8n keeps things per node; its name where the context does. */
	readonly nodeId?: string;
	readonly nodeName?: string;
	readonly workflowId?: string;
	readonly workflowSettings?: IWorkflowSettings;
}

export const startNodeName = 'Start';
export const defaultNodeName = 'Node';

/** Start → node. The start node's output is pinned by whoever runs it. */
export function singleNodeWorkflow(node: SingleNode): WorkflowJson {
	const name = node.nodeName ?? defaultNodeName;
	return {
		id: node.workflowId ?? 'workflow-1',
		name: 'Single node',
		nodes: [
			startNode(),
			{
				id: node.nodeId ?? 'node-1',
				name,
				type: node.type,
				typeVersion: node.typeVersion ?? 1,
				position: [200, 0],
				parameters: node.parameters ?? {},
				...withoutDefaultWait(node.settings),
				...credentialsOf(node.credentials),
			},
		],
		connections: { [startNodeName]: { main: [[mainInput(name)]] } },
		settings: node.workflowSettings,
	};
}

/** Start → agent, with the node's tool form connected to the agent. */
export function toolWorkflow(node: SingleNode, agentType: string, agentName: string): WorkflowJson {
	const single = singleNodeWorkflow(node);
	const name = node.nodeName ?? defaultNodeName;
	const agent: INode = {
		id: 'agent',
		name: agentName,
		type: agentType,
		typeVersion: 1,
		position: [200, 200],
		parameters: {},
	};
	return {
		...single,
		nodes: [...single.nodes, agent],
		connections: {
			[startNodeName]: { main: [[mainInput(agentName)]] },
			[name]: { ai_tool: [[{ node: agentName, type: 'ai_tool', index: 0 }]] },
		},
	};
}

export function startNode(): INode {
	return {
		id: 'start',
		name: startNodeName,
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
}

export function toItems(items: readonly InputItem[]): INodeExecutionData[] {
	return items.map((item) => ({ ...item, json: item.json ?? {} }));
}

/** An imported workflow names credentials of the instance it came from; this puts ours in their place. */
export function withCredentials(
	workflow: WorkflowJson,
	credentials: Readonly<Record<string, CredentialReference>>,
): WorkflowJson {
	const nodes = workflow.nodes.map((node) => {
		const named = Object.keys(node.credentials ?? {}).filter((type) => credentials[type]);
		if (named.length === 0) return node;
		const ours = Object.fromEntries(named.map((type) => [type, credentials[type]]));
		return { ...node, credentials: { ...node.credentials, ...ours } } as INode;
	});
	return { ...workflow, nodes };
}

function mainInput(node: string): { node: string; type: 'main'; index: number } {
	return { node, type: 'main', index: 0 };
}

/** The engine reads 0 ms between tries as "not set" and waits a second; 1 ms is the shortest it takes. */
function withoutDefaultWait(settings: NodeSettings = {}): NodeSettings {
	if (!settings.retryOnFail) return settings;
	return { ...settings, waitBetweenTries: settings.waitBetweenTries || 1 };
}

function credentialsOf(
	credentials: Readonly<Record<string, CredentialReference>>,
): Pick<INode, 'credentials'> {
	return Object.keys(credentials).length > 0 ? { credentials } : {};
}
