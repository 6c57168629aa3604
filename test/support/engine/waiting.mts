import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
	IExecuteData,
	INodeExecutionData,
	INodeType,
	IRunExecutionData,
	IWebhookData,
	IWebhookDescription,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import type { Host } from './host.mts';
import type { RunResult } from './result.mts';
import { storedCopy } from './storedCopy.mts';

/** What the server needs of the engine. */
export interface WaitingHost {
	readonly host: Host;
	workflowOf(result: RunResult): Workflow;
	additionalData(
		overrides: Partial<IWorkflowExecuteAdditionalData>,
	): IWorkflowExecuteAdditionalData;
	/** Goes on with a record under the ID of the execution that it belongs to. */
	goOn(result: RunResult, record: IRunExecutionData): Promise<RunResult>;
	/** The node as another process of n8n would load it. */
	freshNode(type: string): INodeType;
}

interface Waiting {
	readonly result: RunResult;
	status: 'waiting' | 'running' | 'finished';
	readonly woken: Promise<RunResult>;
	wake(run: Promise<RunResult>): void;
}

/**
 * n8n's side of executions that sleep in its database: calls to their resume URL run the node's `webhook()` on the stored
 * record, and rows that it returns wake the execution, once.
 */
export class WaitingExecutions {
	/** How many calls brought rows although another one had woken the execution. */
	refusedRows = 0;
	/** How often calls have woken an execution. */
	wakings = 0;
	/** Calls that a node has not ended yet, although they may be answered. */
	callsUnderWay = 0;
	/** Whether this n8n reaches itself under its public address: nodes ask it there whether a sleep goes on. */
	reachesItself = true;
	private readonly waiting = new Map<string, Waiting>();
	private readonly processes: Array<Map<string, INodeType>> = [];
	private calls = 0;

	constructor(
		private readonly engine: WaitingHost,
		processes: number,
	) {
		// The first process shares its modules with the engine.
		for (let extra = 1; extra < processes; extra++) this.processes.push(new Map());
	}

	add(result: RunResult): void {
		let wake: Waiting['wake'] = () => {};
		const woken = new Promise<RunResult>((resolve, reject) => {
			wake = (run) => void run.then(resolve, reject);
		});
		this.waiting.set(result.executionId, { result, status: 'waiting', woken, wake });
	}

	/** How the execution ends once it has been woken. */
	async woken({ executionId }: RunResult): Promise<RunResult> {
		return await this.of(executionId).woken;
	}

	/** What n8n's tracker does when the time to wait is over. */
	async reachDeadline({ executionId }: RunResult): Promise<RunResult> {
		const waiting = this.of(executionId);
		waiting.status = 'running';
		const record = storedCopy(waiting.result.run.data);
		waiting.wake(this.goOn(waiting.result, record));
		return await waiting.woken;
	}

	/** An execution that falls asleep again can be woken again. */
	private async goOn(asleep: RunResult, record: IRunExecutionData): Promise<RunResult> {
		const result = await this.engine.goOn(asleep, record);
		if (result.status === 'waiting') this.add(result);
		return result;
	}

	/** Answers a request to a resume URL; `false` for any other one. */
	async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
		const url = new URL(request.url ?? '/', 'http://localhost');
		const [, executionId = '', suffix = ''] =
			/^\/webhook-waiting\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
		if (executionId === '') return false;
		const body = await bodyOf(request);
		const waiting = this.waiting.get(executionId);
		if (url.searchParams.has('probe') && !this.reachesItself) return answer(response, 503);
		const { resumeToken } = waiting?.result.run.data ?? {};
		if (waiting === undefined) return answer(response, 404);
		if (resumeToken !== undefined && url.searchParams.get('signature') !== resumeToken)
			return answer(response, 401);
		if (waiting.status !== 'waiting') return answer(response, 409);
		const record = storedCopy(waiting.result.run.data);
		const [entry] = record.executionData?.nodeExecutionStack ?? [];
		if (entry === undefined) return answer(response, 404);
		const webhook = this.webhookOf(waiting, entry, request.method, suffix);
		if (webhook === undefined) return answer(response, 404);
		this.callsUnderWay++;
		const call = { url, body, response, webhook };
		const { workflowData } = await this.callNode(waiting, record, entry, call);
		if (!response.headersSent) answer(response, 200);
		if (workflowData !== undefined) this.resume(waiting, record, entry, workflowData);
		this.callsUnderWay--;
		return true;
	}

	/** The webhook of the node that sleeps, if a call has its method and its path. */
	private webhookOf(
		{ result }: Waiting,
		{ node }: IExecuteData,
		method: string | undefined,
		suffix: string,
	): IWebhookDescription | undefined {
		const workflow = this.engine.workflowOf(result);
		const { description } = workflow.nodeTypes.getByNameAndVersion(node.type);
		const resolved = (value: string) =>
			workflow.expression.getSimpleParameterValue(node, value, 'trigger', {});
		return description.webhooks?.find(
			({ httpMethod, path }) => resolved(httpMethod) === method && resolved(path) === suffix,
		);
	}

	private async callNode(
		{ result }: Waiting,
		record: IRunExecutionData,
		{ node }: IExecuteData,
		{
			url,
			body,
			response,
			webhook: webhookDescription,
		}: { url: URL; body: unknown; response: ServerResponse; webhook: IWebhookDescription },
	): Promise<IWebhookResponseData> {
		const { host } = this.engine;
		const workflow = this.engine.workflowOf(result);
		const httpRequest = {
			query: Object.fromEntries(url.searchParams),
			body,
			headers: {},
			params: {},
		};
		const httpResponse = {
			status: (status: number) => ({
				json: (json: unknown) => void answer(response, status, json),
			}),
		};
		const additionalData = this.engine.additionalData({
			executionId: result.executionId,
			workflowId: workflow.id,
			...Object(
				Object.fromEntries([
					['httpRequest', httpRequest],
					['httpResponse', httpResponse],
				]),
			),
		});
		if (!url.searchParams.has('probe')) this.calls++;
		const nodeType = this.processOf(workflow, node.type);
		if (nodeType.webhook === undefined) throw new Error(`${node.type} has no webhook`);
		const webhookData: IWebhookData = {
			httpMethod: 'POST',
			node: node.name,
			path: node.id,
			webhookDescription,
			workflowId: workflow.id,
			workflowExecuteAdditionalData: additionalData,
		};
		const context = new host.core.WebhookContext(
			workflow,
			node,
			additionalData,
			'trigger',
			webhookData,
			[],
			record,
		);
		return await nodeType.webhook.call(context);
	}

	private resume(
		waiting: Waiting,
		record: IRunExecutionData,
		entry: IExecuteData,
		rows: INodeExecutionData[][],
	): void {
		// n8n looks at the status alone: the record may be that of an earlier sleep.
		const current = this.of(waiting.result.executionId);
		if (current.status !== 'waiting') {
			this.refusedRows++;
			return;
		}
		this.wakings++;
		current.status = 'running';
		entry.node.disabled = true;
		entry.data.main = rows;
		entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
		record.waitTill = undefined;
		record.resultData.runData[entry.node.name]?.pop();
		current.wake(this.goOn(waiting.result, record));
	}

	/** The processes of this n8n take turns at callbacks. */
	private processOf(workflow: Workflow, type: string): INodeType {
		const modules = this.processes[(this.calls - 1) % (this.processes.length + 1)];
		const isOfPackage = !type.startsWith('n8n-nodes-base.');
		if (modules === undefined || !isOfPackage) return workflow.nodeTypes.getByNameAndVersion(type);
		const known = modules.get(type) ?? this.engine.freshNode(type);
		modules.set(type, known);
		return known;
	}

	private of(executionId: string): Waiting {
		const found = this.waiting.get(executionId);
		if (found === undefined) throw new Error(`execution ${executionId} does not sleep`);
		return found;
	}
}

/** A server on loopback that answers with `handlers`, the first one that knows the request. */
export async function serveWith(
	handlers: ReadonlyArray<(request: IncomingMessage, response: ServerResponse) => Promise<boolean>>,
): Promise<{ readonly baseUrl: string; close(): Promise<void> }> {
	const server = createServer((request, response) => {
		void (async () => {
			for (const handle of handlers) if (await handle(request, response)) return;
			answer(response, 404);
		})().catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function answer(response: ServerResponse, status: number, json: unknown = {}): true {
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
	return true;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(Buffer.from(chunk));
	const text = Buffer.concat(chunks).toString();
	return text === '' ? {} : JSON.parse(text);
}
