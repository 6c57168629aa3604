import type {
	IDataObject,
	IExecuteFunctions,
	INodeType,
	IWebhookData,
	IWebhookFunctions,
	Workflow,
} from 'n8n-workflow';
import { describe } from './coreNodes.mts';
import type { Host } from './host.mts';

export const olderAgentType = 'test.olderAgent';
export const mcpTriggerType = 'test.mcpTrigger';

/** What a model got back from a tool, or the message of the error that its agent got. */
export type ToolAnswer = { readonly observation: string } | { readonly error: string };

/** The arguments of a model's calls; those of one list are made at once, the lists one after the other. */
export type ToolCalls = ReadonlyArray<readonly IDataObject[]>;

/** A tool as n8n hands it to its agents: LangChain's, around `makeHandleToolInvocation`. */
interface Tool {
	invoke(args: IDataObject): Promise<unknown>;
}

/**
 * An agent before v3, or an OpenAI, Anthropic or Gemini node: asks n8n for its tools once and calls them itself, so that
 * n8n's own loop does the tries.
 */
export function olderAgent(host: Host, calls: ToolCalls, answers: ToolAnswer[]): INodeType {
	return {
		description: describe('olderAgent', {
			inputs: ['main', host.workflow.NodeConnectionTypes.AiTool],
		}),
		async execute(this: IExecuteFunctions) {
			answers.push(...(await callTools(this, host, calls)));
			return [[]];
		},
	};
}

/** n8n's MCP Server Trigger answers a call in its webhook, before there is any execution. */
export function mcpTrigger(host: Host): INodeType {
	return {
		description: describe('mcpTrigger', {
			group: ['trigger'],
			inputs: [host.workflow.NodeConnectionTypes.AiTool],
		}),
	};
}

/** Calls the tools of the MCP trigger in the context that n8n gives to its webhook. */
export async function callOverMcp(
	host: Host,
	workflow: Workflow,
	triggerName: string,
	additionalData: ConstructorParameters<Host['core']['WebhookContext']>[2],
	calls: ToolCalls,
): Promise<ToolAnswer[]> {
	const node = workflow.getNode(triggerName);
	if (!node) throw new Error(`the workflow has no node "${triggerName}"`);
	const webhook: IWebhookData = {
		httpMethod: 'POST',
		node: triggerName,
		path: 'mcp',
		webhookDescription: { httpMethod: 'POST', name: 'default', path: 'mcp' },
		workflowId: workflow.id,
		workflowExecuteAdditionalData: additionalData,
	};
	const { WebhookContext } = host.core;
	const context = new WebhookContext(workflow, node, additionalData, 'webhook', webhook, [], null);
	return await callTools(context, host, calls);
}

async function callTools(
	context: Pick<IExecuteFunctions | IWebhookFunctions, 'getInputConnectionData'>,
	host: Host,
	calls: ToolCalls,
): Promise<ToolAnswer[]> {
	const { AiTool } = host.workflow.NodeConnectionTypes;
	const connected = await context.getInputConnectionData(AiTool, 0);
	const [tool] = Array.isArray(connected) ? connected : [connected];
	if (!isTool(tool)) throw new Error('no tool is connected');
	const answers: ToolAnswer[] = [];
	for (const atOnce of calls)
		answers.push(...(await Promise.all(atOnce.map(async (args) => await answerOf(tool, args)))));
	return answers;
}

async function answerOf(tool: Tool, args: IDataObject): Promise<ToolAnswer> {
	try {
		return { observation: String(await tool.invoke(args)) };
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) };
	}
}

function isTool(value: unknown): value is Tool {
	return typeof value === 'object' && value !== null && 'invoke' in value;
}
