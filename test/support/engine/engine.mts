import path from 'node:path';
import type { PackageDirectoryLoader } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	INodeListSearchResult,
	INodePropertyOptions,
	ResourceMapperFields,
	INodeType,
} from 'n8n-workflow';
import type { BinaryStore } from './binary.mts';
import { serveBinaries } from './binaryServer.mts';
import {
	type FastClock,
	type FastClockOptions,
	type RuntimeClock,
	useFastClock,
} from './clock.mts';
import { type CredentialReference, CredentialStore } from './credentials.mts';
import type { DeduplicationStore } from './deduplication.mts';
import { type EditorCall, EditorCalls, type ListSearchCall } from './editorCalls.mts';
import type { Host } from './host.mts';
import type { LogLine, LogRecorder } from './logs.mts';
import { NodeTypeRegistry } from './nodeTypes.mts';
import type {
	EditorOptions,
	NodeRun,
	ToolAnswers,
	ToolCallsRun,
	ToolResult,
	ToolRun,
	WorkflowRun,
} from './options.mts';
import { ActiveTrigger, type TriggerNode, triggerWorkflow } from './polling.mts';
import type { RunResult } from './result.mts';
import { type RetryOptions, WorkflowRunner } from './runner.mts';
import { agentNode, agentType } from './tool.mts';
import {
	callOverMcp,
	mcpTrigger,
	mcpTriggerType,
	olderAgent,
	olderAgentType,
	type ToolAnswer,
} from './toolCalls.mts';
import { serveWith, WaitingExecutions } from './waiting.mts';
import {
	defaultNodeName,
	type SingleNode,
	singleNodeWorkflow,
	startNodeName,
	toItems,
	toolWorkflow,
	withCredentials,
	type WorkflowJson,
} from './workflow.mts';

const agentName = 'Agent';

/** What a started host consists of. */
export interface EngineParts {
	readonly host: Host;
	readonly loader: PackageDirectoryLoader;
	readonly logs: LogRecorder;
	readonly deduplication: DeduplicationStore;
	readonly binary: BinaryStore;
	readonly runtimeModule: string;
	readonly packageDir: string;
}

export class Engine {
	readonly host: Host;
	/** The loaded package: `types.nodes` are the descriptions that the editor gets. */
	readonly loader: PackageDirectoryLoader;
	readonly binary: BinaryStore;
	readonly deduplication: DeduplicationStore;
	/** Where this n8n says it is reachable, with a slash at its end. */
	instanceBaseUrl: string;
	private readonly credentials: CredentialStore;
	private readonly nodeTypes: NodeTypeRegistry;
	private readonly runner: WorkflowRunner;
	private readonly editor: EditorCalls;
	private readonly closers: Array<() => Promise<void> | void> = [];

	constructor(
		private readonly parts: EngineParts,
		instanceBaseUrl = 'http://localhost:5678/',
		private readonly dispose: () => void,
	) {
		const { host, loader, logs } = parts;
		this.host = host;
		this.loader = loader;
		this.binary = parts.binary;
		this.deduplication = parts.deduplication;
		this.instanceBaseUrl = instanceBaseUrl;
		this.credentials = new CredentialStore(host, (name) => loader.getCredential(name).type);
		this.nodeTypes = new NodeTypeRegistry(host, loader);
		this.runner = new WorkflowRunner(
			host,
			this.nodeTypes,
			this.credentials,
			logs,
			() => this.instanceBaseUrl,
		);
		this.editor = new EditorCalls(host, this.nodeTypes, this.runner);
	}

	/** Every line since the engine was made or the log was cleared. */
	get logs(): readonly LogLine[] {
		return this.parts.logs.lines;
	}

	clearLogs(): void {
		this.parts.logs.clear();
	}

	credential(type: string, data: ICredentialDataDecryptedObject): CredentialReference {
		return this.credentials.add(type, data);
	}

	/** Changes a credential in place, as the user does before Retry. */
	updateCredential(reference: CredentialReference, data: ICredentialDataDecryptedObject): void {
		this.credentials.update(reference, data);
	}

	/** A request as the credential would send it: what the credential test and the HTTP Request node rely on. */
	async authenticate(
		reference: CredentialReference,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const type = this.credentials.typeNameOf(reference);
		const additionalData = this.runner.additionalData();
		const data = await this.credentials.getDecrypted(additionalData, reference, type);
		const workflow = this.runner.createWorkflow(singleNodeWorkflow(this.noOpNode()));
		const node = workflow.getNode(defaultNodeName) ?? undefined;
		return await this.credentials.authenticate(data, type, request, workflow, node);
	}

	/** Makes a node type available to workflows, e.g. one that loops or fails on purpose. */
	registerNode(type: string, nodeType: INodeType): void {
		this.nodeTypes.register(type, nodeType);
	}

	/** Runs one node over items; its rows stand in front of the result. */
	async run(run: NodeRun): Promise<RunResult> {
		const workflow = singleNodeWorkflow(this.singleNode(run));
		const nodeName = run.nodeName ?? defaultNodeName;
		return await this.runner.run({ workflow, nodeName, ...this.source(run) }, run);
	}

	/** Runs a workflow in n8n's export format. */
	async runWorkflow(workflow: WorkflowJson, run: WorkflowRun = {}): Promise<RunResult> {
		const { startNode, nodeName, pinData } = run;
		const ready = withCredentials(workflow, run.credentials ?? {});
		return await this.runner.run({ workflow: ready, startNode, nodeName, pinData }, run);
	}

	/** n8n's "Retry" of a failed or stopped execution, with its settings unless changed here. */
	async retry(previous: RunResult, changes: RetryOptions = {}): Promise<RunResult> {
		return await this.runner.retry(previous, changes);
	}

	/** Lets an agent call the node as a tool, once, the way n8n's Agent v3 does. */
	async runAsTool(run: ToolRun): Promise<ToolResult> {
		const node = this.toolNode(run);
		const nodeName = run.nodeName ?? defaultNodeName;
		this.registerNode(agentType, agentNode(this.host, nodeName, run.arguments ?? {}));
		const workflow = toolWorkflow(node, agentType, agentName);
		const result = await this.runner.run({ workflow, nodeName, ...this.source(run) }, run);
		const observation = result.outputOf(agentName)[0]?.json['observation'];
		return Object.assign(result, { observation: String(observation ?? '') });
	}

	/** Lets an agent that does not run its tools through the engine call the node: n8n's own loop does the tries. */
	async runAsOlderTool({ calls, ...run }: ToolCallsRun): Promise<RunResult & ToolAnswers> {
		const answers: ToolAnswer[] = [];
		this.registerNode(olderAgentType, olderAgent(this.host, calls, answers));
		const workflow = toolWorkflow(this.toolNode(run), olderAgentType, agentName);
		const nodeName = run.nodeName ?? defaultNodeName;
		const result = await this.runner.run({ workflow, nodeName, ...this.source(run) }, run);
		return Object.assign(result, { answers });
	}

	/** Calls the node as n8n's MCP Server Trigger does, where there is no execution. */
	async callOverMcp({ calls, ...run }: ToolCallsRun): Promise<ToolAnswers> {
		this.registerNode(mcpTriggerType, mcpTrigger(this.host));
		const workflow = this.runner.createWorkflow(
			toolWorkflow(this.toolNode(run), mcpTriggerType, agentName),
		);
		const additionalData = this.runner.additionalData({
			workflowId: workflow.id,
			...run.additionalData,
		});
		const answers = await callOverMcp(this.host, workflow, agentName, additionalData, calls);
		return { answers };
	}

	/** A workflow that begins with a polling trigger, not yet active. */
	trigger(trigger: TriggerNode): ActiveTrigger {
		const { runner, host } = this;
		return new ActiveTrigger(
			{
				host,
				createWorkflow: (node, staticData) =>
					runner.createWorkflow({ ...triggerWorkflow(node), staticData }),
				additionalData: () => runner.additionalData(),
			},
			this.singleNode(trigger),
			trigger.budgetMs,
		);
	}

	async listSearch(
		node: string,
		method: string,
		options: EditorOptions<ListSearchCall> = {},
	): Promise<INodeListSearchResult> {
		const call = { ...options, credentials: this.credentialsOf(options.credential) };
		return await this.editor.listSearch(this.nodeTypes.fullName(node), method, call);
	}

	async loadOptions(
		node: string,
		method: string,
		options: EditorOptions<EditorCall> = {},
	): Promise<INodePropertyOptions[]> {
		const call = { ...options, credentials: this.credentialsOf(options.credential) };
		return await this.editor.loadOptions(this.nodeTypes.fullName(node), method, call);
	}

	async resourceMapping(
		node: string,
		method: string,
		options: EditorOptions<EditorCall> = {},
	): Promise<ResourceMapperFields> {
		const call = { ...options, credentials: this.credentialsOf(options.credential) };
		return await this.editor.resourceMapping(this.nodeTypes.fullName(node), method, call);
	}

	/** The package's clock module, the very object that its nodes use. */
	runtimeModule(): { readonly runtime: RuntimeClock } {
		const found: { runtime: RuntimeClock } = this.host.require(this.parts.runtimeModule);
		return found;
	}

	/** Makes the package's sleeps free until restored or until the engine closes. */
	useFastClock(options?: FastClockOptions): FastClock {
		const clock = useFastClock(this.runtimeModule().runtime, options);
		this.closers.push(() => clock.restore());
		return clock;
	}

	/** Serves signed binary URLs on loopback and takes that address as this n8n's own. */
	async serveInstance(): Promise<string> {
		const { baseUrl, close } = await serveBinaries(this.binary);
		this.closers.push(close);
		this.instanceBaseUrl = baseUrl;
		return baseUrl;
	}

	/**
	 * Serves signed binary URLs and the resume URLs of executions that sleep, on loopback, as an n8n of so many processes.
	 * Each result with the status `waiting` has to be added.
	 */
	async serveWaiting(processes = 1): Promise<WaitingExecutions> {
		const waiting = new WaitingExecutions(
			{
				host: this.host,
				workflowOf: (result) => this.runner.workflowOf(result),
				additionalData: (overrides) => this.runner.additionalData(overrides),
				goOn: async (result, record) => await this.runner.goOn(result, record),
				freshNode: (type) => this.freshNode(type),
			},
			processes,
		);
		const { baseUrl, close } = await serveWith([
			async (request, response) => await waiting.handle(request, response),
			async (request, response) => await this.binary.handleSigned(request, response),
		]);
		this.closers.push(close);
		this.instanceBaseUrl = baseUrl;
		return waiting;
	}

	/** A node of the package with modules of its own, as another process would have them. */
	private freshNode(type: string): INodeType {
		const { packageDir } = this.parts;
		const { cache } = this.host.require;
		const kept = Object.entries(cache).filter(([file]) => file.startsWith(packageDir + path.sep));
		for (const [file] of kept) delete cache[file];
		const { className, sourcePath } = this.loader.known.nodes[type.split('.').at(-1) ?? ''] ?? {};
		const exported: Record<string, new () => INodeType> = this.host.require(
			path.join(packageDir, sourcePath ?? ''),
		);
		for (const [file, module] of kept) cache[file] = module;
		const Class = exported[className ?? ''];
		if (Class === undefined) throw new Error(`the package has no node ${type}`);
		return new Class();
	}

	/** Ends what the engine started and leaves the process as it was. */
	async close(): Promise<void> {
		for (const close of this.closers.splice(0).reverse()) await close();
		this.dispose();
	}

	private singleNode(
		run: Pick<NodeRun, 'node' | 'credential'> & Omit<SingleNode, 'type' | 'credentials'>,
	): SingleNode {
		return {
			...run,
			type: this.nodeTypes.fullName(run.node),
			credentials: this.credentialsOf(run.credential),
		};
	}

	private toolNode(run: NodeRun): SingleNode {
		return this.singleNode({ ...run, node: `${run.node}Tool` });
	}

	private noOpNode(): SingleNode {
		return { type: 'n8n-nodes-base.noOp', credentials: {} };
	}

	private source({ items = [{}] }: NodeRun) {
		return { startNode: startNodeName, pinData: { [startNodeName]: toItems(items) } };
	}

	private credentialsOf(
		reference: CredentialReference | undefined,
	): Record<string, CredentialReference> {
		return reference ? { [this.credentials.typeNameOf(reference)]: reference } : {};
	}
}
