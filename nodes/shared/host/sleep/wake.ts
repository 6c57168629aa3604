import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { connect } from '../connection';
import { runtime } from '../runtime';
import type { BatchJobs, Jobs } from './batchJobs';
import { deliveryCall, finishedJobs, finishedRows, sleepState, type SleepState } from './finished';
import { READ_PAUSE_MS } from './jobReader';
import { resumeUrl } from './sleep';

/** How long the callback of the job that was finished last has the first right to wake the execution. */
const PRECEDENCE_MS = 5_000;
const MOST_REMEMBERED = 1_000;
const CONFLICT = 409;

/** What the callbacks of one sleep share in this process. */
class Waking {
	isTaken = false;
	private finished: Jobs | undefined;
	private last: Promise<void> = Promise.resolve();
	private next: Promise<Jobs | undefined> | undefined;

	/** One read under way, and at most one more after it, for all that call meanwhile; none once all are finished. */
	async look(read: () => Promise<Jobs | undefined>): Promise<Jobs | undefined> {
		if (this.next !== undefined) return await this.next;
		const looked = this.last.then(async () => {
			this.next = undefined;
			this.finished ??= await read();
			return this.finished;
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
	const waking = wakingOf(host, state);
	const call = deliveryCall(host, await connect(host, kind.service));
	const jobs = await waking.look(async () => await finishedJobs(kind, state, call.client));
	if (jobs === undefined || waking.isTaken) return undefined;
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

function wakingOf(host: IWebhookFunctions, { jobs }: SleepState): Waking {
	const ids = Object.values(jobs).map(({ jobId }) => jobId);
	const key = `${host.getExecutionId()} ${ids.join()}`;
	const waking = wakings.get(key) ?? new Waking();
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
	const { item } = Object(host.getQueryData());
	return String(last?.itemIndex) === item;
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
