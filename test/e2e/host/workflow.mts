import type { IConnections, INode, IWorkflowSettings } from 'n8n-workflow';

/** What `POST /rest/workflows` takes, and what n8n exports. */
export interface WorkflowDefinition {
	readonly name: string;
	readonly nodes: INode[];
	readonly connections: IConnections;
	readonly settings?: IWorkflowSettings;
}

const NODE_DISTANCE_PX = 220;

/** A workflow in which each node feeds the next one through its first output. */
export function chain(
	name: string,
	nodes: readonly INode[],
	settings: IWorkflowSettings = {},
): WorkflowDefinition {
	const connections: IConnections = {};
	nodes.slice(1).forEach((node, index) => {
		const previous = nodes[index];
		if (previous !== undefined) connect(connections, previous.name, node.name);
	});
	const placed = nodes.map((node, index): INode => {
		return { ...node, position: [index * NODE_DISTANCE_PX, 0] };
	});
	return { name, nodes: placed, connections, settings: { executionOrder: 'v1', ...settings } };
}

export interface Link {
	readonly output?: number;
	readonly connection?: 'main' | 'ai_tool' | 'ai_languageModel';
}

/** Adds a connection, in place, so that it can follow {@link chain}. */
export function connect(
	connections: IConnections,
	from: string,
	to: string,
	{ output = 0, connection = 'main' }: Link = {},
): void {
	const outputs = ((connections[from] ??= {})[connection] ??= []);
	while (outputs.length <= output) outputs.push([]);
	const targets = (outputs[output] ??= []);
	targets.push({ node: to, type: connection, index: 0 });
}

/** A node; its id is its name, which is unique in a workflow. */
export function node(
	name: string,
	type: string,
	parameters: INode['parameters'] = {},
	more: Partial<Omit<INode, 'name' | 'type' | 'parameters'>> = {},
): INode {
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters, ...more };
}

export const START_NODE = 'Start';

/** The start of a manual execution. */
export function manualTrigger(): INode {
	return node(START_NODE, 'n8n-nodes-base.manualTrigger');
}

/** The start of production executions: n8n answers at once and runs the workflow afterwards. */
export function webhookTrigger(path: string): INode {
	const parameters = { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} };
	return node('Webhook', 'n8n-nodes-base.webhook', parameters, { typeVersion: 2, webhookId: path });
}

/** Turns the webhook's `{ items: [...] }` into one item each. */
export function itemsOfWebhook(): INode {
	const parameters = { fieldToSplitOut: 'body.items', include: 'noOtherFields', options: {} };
	return node('Items', 'n8n-nodes-base.splitOut', parameters);
}
