import type {
	ExecutionStatus,
	IDataObject,
	IExecuteContextData,
	INodeExecutionData,
	IRun,
	IRunData,
	ITaskData,
	NodeExecutionHint,
} from 'n8n-workflow';
import type { LogLine } from './logs.mts';

/** A node's error as n8n keeps it: the own fields of what was thrown. */
export interface RunError {
	readonly name?: string;
	readonly message: string;
	readonly stack?: string;
	readonly description?: string | null;
	readonly httpCode?: string | null;
	/** Where our nodes put `details` and `itemIndex`. */
	readonly context?: IDataObject;
	readonly failure?: IDataObject;
}

/** How one execution ended, with the output of one of its nodes in front. */
export interface RunResult {
	readonly executionId: string;
	readonly status: ExecutionStatus;
	readonly error: RunError | undefined;
	/** The node's last run: its rows per output. With `continueErrorOutput` the last output holds the errors. */
	readonly outputs: ReadonlyArray<readonly INodeExecutionData[]>;
	/** The `json` of the first output's rows. */
	readonly rows: readonly IDataObject[];
	readonly hints: readonly NodeExecutionHint[];
	/** What nodes keep through `getContext`, e.g. under `node:<name>`. */
	readonly contextData: IExecuteContextData;
	readonly runData: IRunData;
	/** The lines written during this execution. */
	readonly logs: readonly LogLine[];
	readonly run: IRun;
	/** Any node's runs, in order. */
	runsOf(nodeName: string): readonly ITaskData[];
	/** The rows of an output in any node's last run. */
	outputOf(nodeName: string, output?: number): readonly INodeExecutionData[];
}

/** Arranges what the engine returned; `nodeName` is the node whose output stands in front. */
export function toRunResult(
	run: IRun,
	nodeName: string,
	executionId: string,
	logs: readonly LogLine[],
): RunResult {
	const { runData, error } = run.data.resultData;
	const runsOf = (name: string) => runData[name] ?? [];
	const outputsOf = (name: string) => (runsOf(name).at(-1)?.data?.['main'] ?? []).map(rowsOf);
	const outputs = outputsOf(nodeName);
	return {
		executionId,
		status: run.status,
		error: error as RunError | undefined,
		outputs,
		rows: (outputs[0] ?? []).map(({ json }) => json),
		hints: runsOf(nodeName).at(-1)?.hints ?? [],
		contextData: run.data.executionData?.contextData ?? {},
		runData,
		logs,
		run,
		runsOf,
		outputOf: (name, output = 0) => outputsOf(name)[output] ?? [],
	};
}

function rowsOf(rows: INodeExecutionData[] | null): readonly INodeExecutionData[] {
	return rows ?? [];
}
