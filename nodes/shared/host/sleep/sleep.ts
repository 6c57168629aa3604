import { randomUUID } from 'crypto';

import type { IExecuteFunctions, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import type { Account } from '../../api/client/apiClient';
import { failure } from '../../api/errors';
import type { Secret } from '../../api/redact';
import { unreachableOrigin } from '../parameters/mediaSource';
import type { Parameter } from '../parameters/parameter';
import type { ParameterReader } from '../parameters/reader';
import { isTool } from '../rows';
import type { ItemCall } from '../run/itemCall';
import type { Conclusion } from '../run/operation';
import { runtime } from '../runtime';
import { querySecrets } from '../signedUrls';
import type { BatchJobs } from './batchJobs';
import { deliveryCall, finishedRows, type SleepingJob, type SleepState } from './finished';
import { areFinished, readJobs } from './readJobs';

/** The sleep of an execution in n8n's database, while its jobs are done. */
export class Sleep {
	private readonly asleep = new Map<number, SleepingJob>();
	/** Never stored. */
	private readonly itemSecrets = new Map<number, readonly Secret[]>();
	private waitTimeoutMs = 0;

	/** Without a host it only has to be there, for the description of the node. */
	constructor(
		private readonly jobs: BatchJobs,
		private readonly given?: IExecuteFunctions,
	) {}

	/** Throws `invalidParameter` where nothing could wake the execution up, or an error would be lost. */
	check(reader: ParameterReader, { field }: Parameter<unknown>, account: Account): void {
		const refuse = (why: string, other: string) =>
			reader.fail(
				field.displayName,
				`is Callback, but ${why}`,
				`another ${field.displayName}${other}`,
			);
		if (isTool(this.host.getNode()))
			throw refuse('the node runs as a tool, whose agent would fall asleep with it', '');
		if (!this.host.continueOnFail())
			throw refuse(
				'On Error is Stop Workflow, and nothing can stop a workflow from its sleep',
				', or On Error set to Continue or Continue (using error output) in the settings of the node',
			);
		const origin = unreachableOrigin(resumeUrl(this.host), account);
		if (origin !== undefined)
			throw refuse(
				`the address of this n8n is ${origin}, which ${this.jobs.service.name} cannot reach`,
				', or an n8n whose public address is set in the environment variable WEBHOOK_URL',
			);
	}

	/** Where the service reports the job of an item. */
	callbackUrl(itemIndex: number): string {
		return webhookUrl(this.host, { item: String(itemIndex) });
	}

	/** The key in that address, which nothing may show. */
	get secrets(): Secret[] {
		return keySecrets(this.host);
	}

	add(
		{ itemIndex, client }: Pick<ItemCall, 'itemIndex' | 'client'>,
		job: SleepingJob,
		waitTimeoutMs: number,
	): void {
		this.asleep.set(itemIndex, job);
		this.itemSecrets.set(itemIndex, client.context.secrets);
		this.waitTimeoutMs = Math.max(this.waitTimeoutMs, waitTimeoutMs);
	}

	/** Looks at the jobs once, and lets the execution sleep unless they are all finished. */
	async conclude(
		account: Account,
		rows: ReadonlyArray<INodeExecutionData[]>,
		operation: string,
	): Promise<Conclusion> {
		const signal = this.host.getExecutionCancelSignal?.();
		if (this.asleep.size === 0 || signal?.aborted) return undefined;
		const jobs = Object.fromEntries(this.asleep);
		const state: SleepState = {
			id: randomUUID(),
			sinceMs: runtime.now(),
			operation,
			rows: rows.map(([row]) => row ?? { json: {} }),
			jobs,
		};
		const call = deliveryCall(this.host, account, this.secrets, signal);
		// A new job may be missing for a moment.
		const read = await readJobs(this.jobs, state, call.client, { asksAlone: false });
		if (read !== undefined && areFinished(state, read))
			return await finishedRows(this.jobs, state, read, call, (item) => this.itemSecrets.get(item));
		const { name, id } = this.jobs.listed;
		const context = this.host.getContext('node');
		context[name] = Object.entries(jobs).map(([itemIndex, { jobId }]) => ({
			itemIndex: Number(itemIndex),
			[id]: jobId,
		}));
		context.sleep = state;
		await this.host.putExecutionToWait(new Date(runtime.now() + this.waitTimeoutMs));
		return this.host.getInputData();
	}

	private get host(): IExecuteFunctions {
		if (this.given === undefined) throw failure('unexpectedResponse', 'Nothing runs here.');
		return this.given;
	}
}

/** The node's own webhook. A key to this execution. */
export function webhookUrl(
	host: Pick<IWebhookFunctions, 'evaluateExpression' | 'getNode'>,
	query: Readonly<Record<string, string>>,
): string {
	const url = new URL(resumeUrl(host));
	url.pathname += `/${host.getNode().id}`;
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	return url.href;
}

/** The key in that address. */
export function keySecrets(host: Pick<IWebhookFunctions, 'evaluateExpression'>): Secret[] {
	return querySecrets(resumeUrl(host)).map(({ value }) => ({ value, label: '[key]' }));
}

function resumeUrl(host: Pick<IWebhookFunctions, 'evaluateExpression'>): string {
	return String(host.evaluateExpression('{{ $execution.resumeUrl }}', 0));
}
