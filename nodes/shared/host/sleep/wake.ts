import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { connect } from '../connection';
import { runtime } from '../runtime';
import type { BatchJobs, Jobs } from './batchJobs';
import {
	areFinished,
	deliveryCall,
	finishedRows,
	readJobs,
	sleepState,
	type SleepState,
} from './finished';
import { READ_PAUSE_MS } from './jobReader';
import { resumeUrl } from './sleep';

/** How long the callback of the job that was finished last has the first right to wake the execution. */
const PRECEDENCE_MS = 5_000;
/** When to look again after a callback that came before its job was finished, or when the jobs could not be read. */
const LOOK_AGAIN_MS = [2_000, 10_000, 30_000] as const;
const MOST_REMEMBERED = 1_000;
const CONFLICT = 409;

/** What the callbacks of one sleep share in this process. */
class Waking {
	isTaken = false;
	/** How many callbacks have come, and for which items. */
	private callbacks = 0;
	private readonly items = new Set<string>();
	private finished: Jobs | undefined;
	private last: Promise<void> = Promise.resolve();
	private next: Promise<Jobs | undefined> | undefined;

	constructor(
		private readonly state: SleepState,
		private readonly read: () => Promise<Jobs | undefined>,
	) {}

	/** All jobs once all are finished. Looks again for as long as a callback has said more than a look has shown. */
	async finishedJobs(item: string): Promise<Jobs | undefined> {
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
	private async look(): Promise<Jobs | undefined> {
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

/** Answers a callback, and wakes its execution when every job is finished. Believes nothing that it is sent. Never throws. */
export async function wake(
	host: IWebhookFunctions,
	jobs: BatchJobs,
): Promise<IWebhookResponseData> {
	try {
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
	const call = deliveryCall(host, await connect(host, kind.service));
	const waking = wakingOf(host, state, async () => await readJobs(kind, state, call.client));
	const calledMs = runtime.elapsed();
	const jobs = await waking.finishedJobs(itemOf(host));
	if (jobs === undefined || waking.isTaken) return undefined;
	const hasLookedAgain = runtime.elapsed() - calledMs >= LOOK_AGAIN_MS[0];
	if (hasLookedAgain && !(await isAsleep(host))) return undefined;
	if (!isOfLast(host, state, jobs)) {
		await runtime.sleep(PRECEDENCE_MS);
		if (waking.isTaken || !(await isAsleep(host)) || waking.isTaken) return undefined;
	}
	waking.isTaken = true;
	return await finishedRows(kind, state, jobs, call);
}

function stateOf(host: IWebhookFunctions): SleepState {
	// A name may hold what ends an expression.
	const name = JSON.stringify(host.getNode().name).replace(/[{}]/g, (brace) =>
		brace === '{' ? '\\u007b' : '\\u007d',
	);
	return sleepState.parse(host.evaluateExpression(`{{ $node[${name}].context["sleep"] }}`, 0));
}

function wakingOf(
	host: IWebhookFunctions,
	state: SleepState,
	read: () => Promise<Jobs | undefined>,
): Waking {
	const ids = Object.values(state.jobs).map(({ jobId }) => jobId);
	const key = `${host.getExecutionId()} ${ids.join()}`;
	const waking = wakings.get(key) ?? new Waking(state, read);
	wakings.set(key, waking);
	for (const oldest of wakings.keys()) if (wakings.size > MOST_REMEMBERED) wakings.delete(oldest);
	return waking;
}

/** Whether it is the callback of the job that was finished last: only one process gets that one. */
function isOfLast(host: IWebhookFunctions, state: SleepState, jobs: Jobs): boolean {
	const finished = Object.entries(state.jobs).map(([itemIndex, { jobId }]) => ({
		itemIndex: Number(itemIndex),
		at: jobs.get(jobId)?.completedAt ?? '',
	}));
	const [last] = finished.sort((a, b) => b.at.localeCompare(a.at) || b.itemIndex - a.itemIndex);
	return String(last?.itemIndex) === itemOf(host);
}

/** The item whose job the callback is about, as it says itself. */
function itemOf(host: IWebhookFunctions): string {
	const { item } = Object(host.getQueryData());
	return String(item);
}

/** Whether no other process has woken the execution: n8n then refuses further calls. */
async function isAsleep(host: IWebhookFunctions): Promise<boolean> {
	try {
		const { statusCode } = await host.helpers.httpRequest({
			url: resumeUrl(host),
			ignoreHttpStatusErrors: true,
			returnFullResponse: true,
		});
		return statusCode !== CONFLICT;
	} catch {
		// It cannot be known. n8n lets only one of two wake the execution.
		return true;
	}
}
