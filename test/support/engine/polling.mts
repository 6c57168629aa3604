import type { PollContext } from 'n8n-core';
import type {
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowActivateMode,
} from 'n8n-workflow';
import type { CredentialReference } from './credentials.mts';
import type { Host } from './host.mts';
import { storedCopy } from './storedCopy.mts';
import { defaultNodeName, type SingleNode, singleNodeWorkflow } from './workflow.mts';

/** A trigger under test, as n8n's database has it. */
export interface TriggerNode extends Omit<SingleNode, 'type' | 'credentials'> {
	/** `fishSpeechTrigger`, or a full type name. */
	readonly node: string;
	readonly credential?: CredentialReference;
	/** What n8n allows a poll. */
	readonly budgetMs?: number;
}

/** What the engine gives a trigger. */
export interface TriggerHost {
	readonly host: Host;
	createWorkflow(node: SingleNode, staticData: IDataObject): Workflow;
	additionalData(): IWorkflowExecuteAdditionalData;
}

/**
 * A workflow that begins with a polling trigger, over activations and restarts of n8n. As there, static data are saved at
 * activation and when a poll returns rows: what a poll without rows has changed is lost with the process.
 */
export class ActiveTrigger {
	private saved: IDataObject = {};
	private running: { readonly workflow: Workflow; readonly context: PollContext } | undefined;

	constructor(
		private readonly parts: TriggerHost,
		private node: SingleNode,
		private readonly budgetMs: number | undefined,
	) {}

	/** What n8n's database has of the trigger's memory. */
	get savedStaticData(): IDataObject {
		return storedCopy(this.saved);
	}

	/** What is left when n8n could not save, or an older backup was put back. */
	rollBack(staticData: IDataObject): void {
		this.saved = storedCopy(staticData);
	}

	/** Changes parameters in the editor; the next activation has them. */
	change(parameters: INodeParameters): void {
		this.node = { ...this.node, parameters: { ...this.node.parameters, ...parameters } };
	}

	/** Activates the workflow: the user's click by default, `init` when n8n starts, `update` when it was saved. */
	async activate(activation: WorkflowActivateMode = 'activate'): Promise<readonly IDataObject[]> {
		const workflow = this.parts.createWorkflow(this.node, storedCopy(this.saved));
		const context = this.context(workflow, 'trigger', activation);
		const rows = await this.pollWith(workflow, context);
		this.running = { workflow, context };
		this.saved = storedCopy(workflow.staticData);
		return rows;
	}

	/**
	 * Publishes the workflow, or switches it off and on, while a poll is under way, whose rows n8n drops when it is over.
	 * Resolves with the rows of the new activation's first poll.
	 */
	async activateDuringPoll(
		activation: WorkflowActivateMode,
		hasBegun: () => Promise<void>,
	): Promise<readonly IDataObject[]> {
		if (this.running === undefined) throw new Error('the workflow is not active');
		const { workflow, context } = this.running;
		const dropped = this.call(workflow, context).catch(() => null);
		await hasBegun();
		const rows = await this.activate(activation);
		await dropped;
		return rows;
	}

	/** A scheduled poll. Its rows, none when it returned `null`. Throws what the node throws. */
	async poll(): Promise<readonly IDataObject[]> {
		if (this.running === undefined) throw new Error('the workflow is not active');
		const { workflow, context } = this.running;
		return await this.pollWith(workflow, context);
	}

	/** n8n's "Fetch test event". */
	async fetchTestEvent(): Promise<readonly IDataObject[]> {
		const workflow = this.parts.createWorkflow(this.node, storedCopy(this.saved));
		const response = await this.call(workflow, this.context(workflow, 'manual', 'manual'));
		return rowsOf(response);
	}

	private async pollWith(
		workflow: Workflow,
		context: PollContext,
	): Promise<readonly IDataObject[]> {
		const response = await this.call(workflow, context);
		if (response !== null) this.saved = storedCopy(workflow.staticData);
		return rowsOf(response);
	}

	private async call(
		workflow: Workflow,
		context: PollContext,
	): Promise<INodeExecutionData[][] | null> {
		const { container, core } = this.parts.host;
		const node = nodeOf(workflow);
		return await container.get(core.TriggersAndPollers).runPollFunction(workflow, node, context);
	}

	private context(
		workflow: Workflow,
		mode: 'trigger' | 'manual',
		activation: WorkflowActivateMode,
	): PollContext {
		const { budgetMs } = this;
		return new this.parts.host.core.PollContext(
			workflow,
			nodeOf(workflow),
			this.parts.additionalData(),
			mode,
			activation,
			...([undefined, undefined, undefined, undefined, undefined] as const),
			budgetMs === undefined ? undefined : () => budgetMs,
		);
	}
}

function nodeOf(workflow: Workflow) {
	const node = workflow.getNode(defaultNodeName);
	if (node === null) throw new Error('the trigger is missing');
	return node;
}

/** An empty execution, which `[[]]` would start, is no event. */
function rowsOf(response: INodeExecutionData[][] | null): readonly IDataObject[] {
	if (response === null) return [];
	const rows = response.flat().map(({ json }) => json);
	if (rows.length === 0) throw new Error('the trigger started an execution without rows');
	return rows;
}

/** The trigger alone: n8n starts a workflow with it, so there is no node before it. */
export function triggerWorkflow(node: SingleNode) {
	const single = singleNodeWorkflow({ ...node, nodeName: defaultNodeName });
	return { ...single, nodes: single.nodes.slice(1), connections: {} };
}
