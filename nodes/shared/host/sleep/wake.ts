import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { z } from 'zod/v4';

import { ServiceError } from '../../api/errors';
import type { Secret } from '../../api/redact';
import { connect } from '../connection';
import { hashOfText, textsSecrets } from '../parameters/speechText';
import { runtime } from '../runtime';
import type { BatchJobs, JobsRead } from './batchJobs';
import { deliveryCall, finishedRows, sleepState, type SleepState } from './finished';
import { READ_PAUSE_MS } from './jobReader';
import { areFinished, readJobs } from './readJobs';
import { keySecrets, webhookUrl } from './sleep';

/** How long the callback of the job that was finished last has the first right to wake the execution. */
const PRECEDENCE_MS = 5_000;
/** When to look again after a callback that came before its job was finished, or when the jobs could not be read. */
const LOOK_AGAIN_MS = [2_000, 10_000, 30_000] as const;
const MOST_REMEMBERED = 1_000;
const PROBE_TIMEOUT_MS = 10_000;
/** A probe that is not answered is repeated: nobody else may be left to wake the execution. */
const MOST_PROBES = 3;
const PROBE_PAUSE_MS = 2_000;
/** How n8n answers when the execution runs, has ended, or waits at another node. */
const NOT_ASLEEP: readonly unknown[] = [404, 409];

/** What a probe is answered: which sleep n8n would wake. */
const probeAnswer = z.object({ sleep: z.string() });

/** What the callbacks of one sleep share in this process. */
class Waking {
	isTaken = false;
	/** How many callbacks have come, and for which items. */
	private callbacks = 0;
	private readonly items = new Set<string>();
	private finished: JobsRead | undefined;
	private last: Promise<void> = Promise.resolve();
	private next: Promise<JobsRead | undefined> | undefined;

	constructor(
		private readonly state: SleepState,
		private readonly read: () => Promise<JobsRead | undefined>,
	) {}

	/** All jobs once all are finished. Looks again for as long as a callback has said more than a look has shown. */
	async finishedJobs(item: string): Promise<JobsRead | undefined> {
		if (Object.hasOwn(this.state.jobs, item)) this.items.add(item);
		const callback = ++this.callbacks;
		let jobs = await this.look();
		for (const pauseMs of LOOK_AGAIN_MS) {
			if (jobs !== undefined && areFinished(this.state, jobs, this.items)) break;
			await runtime.sleep(pauseMs);
			// The callback that came last looks for all of them.
			if (this.isTaken || this.callbacks !== callback) return undefined;
			jobs = await this.look();
		}
		return this.finished;
	}

	/** One read under way, and at most one more after it, for all that call meanwhile; none once all are finished. */
	private async look(): Promise<JobsRead | undefined> {
		if (this.next !== undefined) return await this.next;
		const looked = this.last.then(async () => {
			this.next = undefined;
			const jobs = this.finished ?? (await this.read());
			if (jobs !== undefined && areFinished(this.state, jobs)) this.finished = jobs;
			return jobs;
		});
		this.next = looked;
		this.last = looked.then(async () => {
			if (this.finished === undefined) await runtime.sleep(READ_PAUSE_MS);
		});
		return await looked;
	}
}

const wakings = new Map<string, Waking>();
/** Sleeps that have ended in this process: a callback may come while n8n is about to go on. */
const ended = new Set<string>();

/** Answers a callback, and wakes its execution when every job is finished. Believes nothing that it is sent. Never throws. */
export async function wake(
	host: IWebhookFunctions,
	jobs: BatchJobs,
): Promise<IWebhookResponseData> {
	try {
		if (isProbe(host)) {
			host
				.getResponseObject()
				.status(200)
				.json({ sleep: stateOf(host).id });
			return { noWebhookResponse: true };
		}
		host.getResponseObject().status(200).json({ received: true });
		const rows = await rowsIfDone(host, jobs);
		return { noWebhookResponse: true, ...(rows && { workflowData: [rows] }) };
	} catch (error) {
		host.logger.warn(`${jobs.service.name}: a callback could not be handled`, {
			executionId: host.getExecutionId(),
			reason: error instanceof Error ? error.name : 'unknown',
		});
		return { noWebhookResponse: true };
	}
}

async function rowsIfDone(
	host: IWebhookFunctions,
	kind: BatchJobs,
): Promise<INodeExecutionData[] | undefined> {
	const state = stateOf(host);
	const call = deliveryCall(host, await connect(host, kind.service), keySecrets(host));
	// Nothing may come between this and the waking that all callbacks share.
	if (ended.has(state.id)) return undefined;
	const waking = wakingOf(
		state,
		async () => await readJobs(kind, state, call.client, { asksAlone: true }),
	);
	const jobs = await waking.finishedJobs(itemOf(host));
	if (jobs === undefined) return undefined;
	const isLast = isOfLast(host, state, jobs);
	if (!isLast) await runtime.sleep(PRECEDENCE_MS);
	if (waking.isTaken) return undefined;
	const isAsleepBefore = await isAsleep(host, state);
	if (waking.isTaken) return undefined;
	// Its rows and jobs may be large, and another process has had them.
	if (isAsleepBefore === false) wakings.delete(state.id);
	// Where n8n cannot reach itself, only one callback has the right.
	if (!(isAsleepBefore ?? isLast)) return undefined;
	waking.isTaken = true;
	const rows = await finishedRows(kind, state, jobs, call, (item) =>
		textSecrets(host, kind, state, item),
	);
	// n8n would go on from the record of this sleep, even if the execution waits elsewhere by now.
	if ((await isAsleep(host, state)) ?? true) {
		end(state);
		return rows;
	}
	waking.isTaken = false;
	return undefined;
}

function stateOf(host: IWebhookFunctions): SleepState {
	// A name may hold what ends an expression.
	const name = JSON.stringify(host.getNode().name).replace(/[{}]/g, (brace) =>
		brace === '{' ? '\\u007b' : '\\u007d',
	);
	return sleepState.parse(host.evaluateExpression(`{{ $node[${name}].context["sleep"] }}`, 0));
}

function wakingOf(state: SleepState, read: () => Promise<JobsRead | undefined>): Waking {
	const waking = wakings.get(state.id) ?? new Waking(state, read);
	wakings.set(state.id, waking);
	forgetOldest(wakings);
	return waking;
}

/** Nothing but its ID is remembered: its rows and jobs may be large. */
function end({ id }: SleepState): void {
	wakings.delete(id);
	ended.add(id);
	forgetOldest(ended);
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
	for (const oldest of remembered.keys())
		if (remembered.size > MOST_REMEMBERED) remembered.delete(oldest);
}

/** Whether it is the callback of the job that was finished last: only one process gets that one. */
function isOfLast(host: IWebhookFunctions, state: SleepState, jobs: JobsRead): boolean {
	const finished = Object.entries(state.jobs).map(([itemIndex, { jobId }]) => {
		const job = jobs.get(jobId);
		const at = job instanceof ServiceError ? undefined : job?.completedAt;
		return { itemIndex: Number(itemIndex), at: at ?? '' };
	});
	const [last] = finished.sort((a, b) => b.at.localeCompare(a.at) || b.itemIndex - a.itemIndex);
	return String(last?.itemIndex) === itemOf(host);
}

/** The item whose job the callback is about, as it says itself. */
function itemOf(host: IWebhookFunctions): string {
	const { item } = Object(host.getQueryData());
	return String(item);
}

/** The text of an item, read again; `undefined` where that fails or gives another text than the one that was sent. */
function textSecrets(
	host: IWebhookFunctions,
	{ texts }: BatchJobs,
	{ rows }: SleepState,
	itemIndex: number,
): readonly Secret[] | undefined {
	const { parameters } = host.getNode();
	const sent = texts
		.map((name) => resolved(host, parameters[name], itemIndex))
		.find((text) => hashOfText(text) === rows[itemIndex]?.json.textHash);
	return sent === undefined ? undefined : textsSecrets([sent]);
}

/** In a webhook, n8n resolves the parameters of the first item only. */
function resolved(host: IWebhookFunctions, value: unknown, itemIndex: number): string {
	const text = String(value);
	try {
		return text.startsWith('=') ? String(host.evaluateExpression(text.slice(1), itemIndex)) : text;
	} catch {
		return '';
	}
}

/** Whether it is this package that asks, in this process or another one. */
function isProbe(host: IWebhookFunctions): boolean {
	return Object.hasOwn(Object(host.getQueryData()), 'probe');
}

/**
 * Whether n8n would still wake this very sleep; `undefined` when it does not answer. Asks by the node's own path: a call of
 * the bare resume URL would resume a Wait node.
 */
async function isAsleep(host: IWebhookFunctions, state: SleepState): Promise<boolean | undefined> {
	for (let probes = 1; ; probes++) {
		const answer = await probe(host, state);
		if (answer !== undefined || probes === MOST_PROBES) return answer;
		await runtime.sleep(PROBE_PAUSE_MS);
	}
}

async function probe(host: IWebhookFunctions, { id }: SleepState): Promise<boolean | undefined> {
	try {
		const { statusCode, body } = await host.helpers.httpRequest({
			method: 'POST',
			url: webhookUrl(host, { probe: 'true' }),
			body: {},
			json: true,
			timeout: PROBE_TIMEOUT_MS,
			ignoreHttpStatusErrors: true,
			returnFullResponse: true,
		});
		if (NOT_ASLEEP.includes(statusCode)) return false;
		const { data } = probeAnswer.safeParse(body);
		return data && data.sleep === id;
	} catch {
		return undefined;
	}
}
