import type {
	IDataObject,
	INodeParameters,
	IPinData,
	IWorkflowSettings,
	Logger,
} from 'n8n-workflow';
import type { CredentialReference } from './credentials.mts';
import type { DeduplicationStore } from './deduplication.mts';
import type { EditorCall } from './editorCalls.mts';
import type { Environment } from './environment.mts';
import type { RunResult } from './result.mts';
import type { ExecutionOptions } from './runner.mts';
import type { ToolAnswer, ToolCalls } from './toolCalls.mts';
import type { InputItem, NodeSettings } from './workflow.mts';

export interface EngineOptions {
	/** The built package; the repository by default. */
	readonly packageDir?: string;
	/** Resolve n8n-core as a module in this directory would, e.g. to run on an older host. */
	readonly coreFrom?: string;
	/** Set while the engine lives; undefined removes a variable. */
	readonly env?: Environment;
	/** Where binaries are kept: files by default, `default` is n8n's memory mode. */
	readonly binaryMode?: 'filesystem' | 'default';
	/** false: `require('undici')` fails in the package. */
	readonly undici?: boolean;
	/** Turns n8n's SSRF protection on; loopback is refused unless allowed here. */
	readonly ssrf?: SsrfProtection;
	/** Where this n8n says it is reachable; the base of signed URLs. */
	readonly instanceBaseUrl?: string;
	/** Hand the same store to two engines to share it; with a file it outlives the process. */
	readonly deduplication?: DeduplicationStore;
	/** Gets every log line too. */
	readonly logger?: Logger;
	/** The package's clock object, relative to the package. */
	readonly runtimeModule?: string;
}

export interface SsrfProtection {
	/** CIDR, e.g. `127.0.0.0/8`. */
	readonly allowedIpRanges?: readonly string[];
	/** Exact or `*.suffix`. */
	readonly allowedHostnames?: readonly string[];
}

/** One node under test, behind a start node that emits `items`. */
export interface NodeRun extends ExecutionOptions {
	/** `fishSpeechVoices`, or a full type name. */
	readonly node: string;
	readonly typeVersion?: number;
	readonly parameters?: INodeParameters;
	/** One empty item by default. */
	readonly items?: readonly InputItem[];
	readonly credential?: CredentialReference;
	readonly settings?: NodeSettings;
	readonly nodeId?: string;
	readonly nodeName?: string;
	readonly workflowId?: string;
	readonly workflowSettings?: IWorkflowSettings;
}

export interface WorkflowRun extends ExecutionOptions {
	/** By credential type; replaces those that the workflow names. */
	readonly credentials?: Readonly<Record<string, CredentialReference>>;
	readonly startNode?: string;
	/** Whose output stands in the result; the last executed node by default. */
	readonly nodeName?: string;
	readonly pinData?: IPinData;
}

export interface ToolRun extends NodeRun {
	/** What the model hands over, read by `$fromAI`. */
	readonly arguments?: IDataObject;
}

/** Calls of the node as a tool, each with what `$fromAI` reads. */
export interface ToolCallsRun extends NodeRun {
	readonly calls: ToolCalls;
}

export interface ToolAnswers {
	/** One for each call, in their order. */
	readonly answers: readonly ToolAnswer[];
}

export interface ToolResult extends RunResult {
	/** The text that the model gets. */
	readonly observation: string;
}

/** An editor call with the one credential of the node. */
export type EditorOptions<T extends EditorCall> = Omit<T, 'credentials'> & {
	readonly credential?: CredentialReference;
};
