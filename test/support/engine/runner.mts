import type {
	INode,
	INodeParameters,
	IPinData,
	IRun,
	IRunExecutionData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import type { CredentialStore } from './credentials.mts';
import type { Host } from './host.mts';
import type { LogLine, LogRecorder } from './logs.mts';
import type { NodeTypeRegistry } from './nodeTypes.mts';
import { finalStatus, startRun } from './olderHosts.mts';
import { toRunResult, type RunResult } from './result.mts';
import { storedCopy } from './storedCopy.mts';
import type { WorkflowJson } from './workflow.mts';

export interface RunningExecution {
	readonly executionId: string;
	/** n8n's Stop button. */
	stop(): void;
}

export interface ExecutionOptions {
	/** How the execution was started; `trigger`, a production run, by default. */
	readonly mode?: WorkflowExecuteMode;
	/** Stops the execution when it aborts. */
	readonly signal?: AbortSignal;
	/** Called once the engine runs. */
	readonly onStart?: (execution: RunningExecution) => void;
	/** Where this n8n is reachable, the base of signed URLs; the engine's own setting by default. */
	readonly instanceBaseUrl?: string;
	/** For what n8n's server adds and the engine does not model. */
	readonly additionalData?: Partial<IWorkflowExecuteAdditionalData>;
}

/** Retry "with currently saved workflow": what the user has changed since. */
export interface RetryOptions extends ExecutionOptions {
	/** Of the node whose output stands in the result. */
	readonly parameters?: INodeParameters;
}

export interface WorkflowExecution {
	readonly workflow: WorkflowJson;
	/** The node whose output stands in the result; the last one executed by default. */
	readonly nodeName?: string;
	readonly startNode?: string;
	readonly pinData?: IPinData;
}

interface Finished {
	readonly execution: WorkflowExecution;
	readonly options: ExecutionOptions;
	readonly stopped: boolean;
}

/** Runs workflows with n8n's `WorkflowExecute`, one execution id after the other. */
export class WorkflowRunner {
	private lastExecutionId = 0;
	private readonly finished = new WeakMap<RunResult, Finished>();

	constructor(
		private readonly host: Host,
		private readonly nodeTypes: NodeTypeRegistry,
		private readonly credentials: CredentialStore,
		private readonly logs: LogRecorder,
		private readonly instanceBaseUrl: () => string,
	) {}

	async run(execution: WorkflowExecution, options: ExecutionOptions): Promise<RunResult> {
		return await this.execute(execution, options, undefined);
	}

	/**
	 * n8n's "Retry" of a failed execution: a new one from the stored record of the old, whose failed run is dropped and
	 * whose stack still begins with the failed node. After Stop the record is that from before the run.
	 */
	async retry(previous: RunResult, { parameters, ...changes }: RetryOptions): Promise<RunResult> {
		const before = this.finished.get(previous);
		if (!before) throw new Error('only a result of this engine can be retried');
		if (previous.run.finished) throw new Error('The execution succeeded, so it cannot be retried.');
		const record = before.stopped ? undefined : recordForRetry(previous.run.data);
		const kept = { ...before.options, signal: undefined, onStart: undefined };
		const { workflow, nodeName } = before.execution;
		const nodes = workflow.nodes.map((node) =>
			node.name === nodeName && parameters !== undefined ? { ...node, parameters } : node,
		);
		const execution = { ...before.execution, workflow: { ...workflow, nodes } };
		return await this.execute(execution, { ...kept, ...changes, mode: 'retry' }, record);
	}

	/** Goes on with the record of an execution that sleeps, under its ID. */
	async goOn(previous: RunResult, record: IRunExecutionData): Promise<RunResult> {
		const before = this.before(previous);
		return await this.execute(before.execution, before.options, record, previous.executionId);
	}

	workflowOf(previous: RunResult): Workflow {
		return this.createWorkflow(this.before(previous).execution.workflow);
	}

	private before(result: RunResult): Finished {
		const found = this.finished.get(result);
		if (found === undefined) throw new Error('this engine has no such result');
		return found;
	}

	createWorkflow(json: WorkflowJson): Workflow {
		return new this.host.workflow.Workflow({
			id: json.id ?? 'workflow-1',
			name: json.name ?? 'Workflow',
			nodes: structuredClone([...json.nodes]),
			connections: json.connections,
			active: false,
			nodeTypes: this.nodeTypes,
			settings: { executionOrder: 'v1', ...json.settings },
			staticData: json.staticData ?? {},
		});
	}

	/** Without an execution id, as in the editor's calls, unless `overrides` give one. */
	additionalData(
		overrides: Partial<IWorkflowExecuteAdditionalData> = {},
		baseUrl: string = this.instanceBaseUrl(),
	): IWorkflowExecuteAdditionalData {
		return Object.assign(createAdditionalData(this.host, this.credentials, baseUrl), overrides);
	}

	private async execute(
		execution: WorkflowExecution,
		options: ExecutionOptions,
		record: IRunExecutionData | undefined,
		knownId?: string,
	): Promise<RunResult> {
		const { core } = this.host;
		const executionId = knownId ?? String(++this.lastExecutionId);
		const mode = options.mode ?? 'trigger';
		const workflow = this.createWorkflow(execution.workflow);
		for (const entry of record?.executionData?.nodeExecutionStack ?? [])
			entry.node = {
				...(workflow.getNode(entry.node.name) ?? entry.node),
				disabled: entry.node.disabled,
			};
		const hooks = new core.ExecutionLifecycleHooks(mode, executionId, baseOf(workflow));
		const additionalData = this.additionalData(
			{ executionId, workflowId: workflow.id, hooks, ...options.additionalData },
			options.instanceBaseUrl,
		);
		const engine = new core.WorkflowExecute(additionalData, mode, record);
		const start = () =>
			record
				? engine.processRunExecutionData(workflow)
				: startRun(engine, {
						workflow,
						startNode: startOf(workflow, execution.startNode),
						pinData: execution.pinData ?? execution.workflow.pinData,
					});
		const lines: LogLine[] = [];
		const { run, stopped } = await this.logs.during(lines, async () => {
			return await untilFinished(start(), executionId, options);
		});
		const front = execution.nodeName ?? run.data.resultData.lastNodeExecuted ?? '';
		const result = toRunResult(run, front, executionId, lines);
		this.finished.set(result, { execution, options, stopped });
		return result;
	}
}

type Running = ReturnType<typeof startRun>;

async function untilFinished(
	running: Running,
	executionId: string,
	{ signal, onStart }: ExecutionOptions,
): Promise<{ run: IRun; stopped: boolean }> {
	const stop = () => running.cancel();
	if (signal?.aborted) stop();
	signal?.addEventListener('abort', stop, { once: true });
	onStart?.({ executionId, stop });
	try {
		const run = await running;
		const stopped = running.isCanceled;
		// n8n saves a stopped execution when Stop is pressed, whatever its node still answers.
		if (stopped) return { run: { ...run, status: 'canceled', finished: false }, stopped };
		return { run: { ...run, status: finalStatus(run) }, stopped };
	} finally {
		signal?.removeEventListener('abort', stop);
	}
}

function recordForRetry(data: IRunExecutionData): IRunExecutionData {
	const record = storedCopy(data);
	const { resultData } = record;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''];
	delete resultData.error;
	if (runs?.at(-1)?.error !== undefined) runs.pop();
	return record;
}

function startOf(workflow: Workflow, name: string | undefined): INode | undefined {
	if (name === undefined) return undefined;
	const node = workflow.getNode(name);
	if (!node) throw new Error(`the workflow has no node "${name}"`);
	return node;
}

function baseOf(workflow: Workflow): IWorkflowBase {
	const now = new Date();
	return {
		id: workflow.id,
		name: workflow.name ?? '',
		active: false,
		isArchived: false,
		createdAt: now,
		updatedAt: now,
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
		activeVersionId: null,
	};
}
