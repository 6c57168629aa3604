import { createHash } from 'crypto';
import { NodeOperationError, type INodeExecutionData, type IPollFunctions } from 'n8n-workflow';

import { caught } from '../shared/api/caught';
import { maskedRow } from '../shared/host/rows';
import type { EventRow, PreparedEvent, TriggerEvent, Watch } from './event';
import { firedEvents } from './firedEvents';
import { duringPoll } from './openPoll';

/** A poll that is under way. */
interface RunningPoll {
	readonly host: IPollFunctions;
	/** Aborted when the workflow was activated anew meanwhile: n8n drops what this poll finds. */
	readonly superseded: AbortController;
	readonly ended: Promise<void>;
}

/** By trigger: n8n may start a poll while the one before is under way. */
const running = new Map<string, RunningPoll>();

/** Activations that have been polled: n8n hands the same functions to all polls of one. */
const polled = new WeakSet<IPollFunctions>();

/** One poll of a trigger node; `null` when nothing has happened. Throws n8n's errors. */
export async function runPoll(
	host: IPollFunctions,
	events: readonly TriggerEvent[],
): Promise<INodeExecutionData[][] | null> {
	if (host.getMode() === 'manual') return [[await showLatest(host, events)]];
	const trigger = `${host.getWorkflow().id}:${host.getNode().id}`;
	for (let other = running.get(trigger); other !== undefined; other = running.get(trigger)) {
		// What this poll would find is found by the one under way, or by the next.
		if (other.host === host) return null;
		other.superseded.abort();
		await other.ended;
	}
	const superseded = new AbortController();
	let end = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	running.set(trigger, { host, superseded, ended });
	try {
		const { signal } = superseded;
		const rows = await duringPoll(
			host,
			events,
			async (event, watch) => await lookForEvents(host, trigger, event, { ...watch, signal }),
			signal,
		);
		polled.add(host);
		return rows.length > 0 ? [rows] : null;
	} catch (error) {
		if (superseded.signal.aborted) return null;
		throw caught(error);
	} finally {
		running.delete(trigger);
		end();
	}
}

/** For a test in the editor, where `null` would end the run without a word. */
async function showLatest(
	host: IPollFunctions,
	events: readonly TriggerEvent[],
): Promise<INodeExecutionData> {
	const shown = await duringPoll(host, events, async (event, watch) => {
		const latest = await event.latest(watch);
		return 'row' in latest ? outputOf(event, latest.row, watch) : latest.missing;
	});
	if ('json' in shown) return shown;
	const { message, action: description } = shown;
	throw new NodeOperationError(host.getNode(), message, { description });
}

async function lookForEvents(
	host: IPollFunctions,
	trigger: string,
	event: PreparedEvent,
	{ signal, ...watch }: Watch & { readonly signal: AbortSignal },
): Promise<INodeExecutionData[]> {
	const scope = scopeOf(event, watch);
	const fired = firedEvents(`${trigger}:${scope}`);
	const saved = host.getWorkflowStaticData('node');
	const state = saved.scope === scope && !isNewActivation(host) ? saved.state : undefined;
	const found = await event.poll(state, watch);
	// What n8n drops is found again: it must not count as fired.
	if (signal.aborted) return [];
	// From here on nothing waits: what fires is remembered in the same breath.
	const news = found.events.filter(({ id }) => !fired.has(id));
	for (const id of [...news.map((event) => event.id), ...(found.passedOver ?? [])]) fired.add(id);
	for (const id of found.over ?? []) fired.delete(id);
	Object.assign(saved, { scope, state: found.state });
	if (news.length === 0 && found.failure !== undefined) throw caught(found.failure);
	return news.map(({ row }) => outputOf(event, row, watch));
}

/** The first poll after the user has activated the workflow: what happened before does not count. */
function isNewActivation(host: IPollFunctions): boolean {
	return host.getActivationMode() === 'activate' && !polled.has(host);
}

/** Stands for the account and for what is looked for: with another one, what was remembered is of no use. */
function scopeOf({ name, scope }: PreparedEvent, { client }: Watch): string {
	const parts = [name, client.fingerprint, ...scope];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function outputOf(
	{ name, isSimplified }: PreparedEvent,
	{ json, raw }: EventRow,
	{ client }: Watch,
): INodeExecutionData {
	const shown = isSimplified ? {} : { raw: maskedRow(raw, client.context.secrets) };
	return { json: { event: name, ...json, ...shown } };
}
