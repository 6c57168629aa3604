import { createHash } from 'crypto';
import { NodeOperationError, type INodeExecutionData, type IPollFunctions } from 'n8n-workflow';

import { caught } from '../shared/api/caught';
import { maskedRow } from '../shared/host/rows';
import type { EventRow, PreparedEvent, TriggerEvent, Watch } from './event';
import { firedEvents } from './firedEvents';
import { duringPoll } from './openPoll';

/** Triggers that are being polled: n8n may start a poll while the one before is under way. */
const polling = new Set<string>();

/** Activations that have been polled: n8n hands the same functions to all polls of one. */
const polled = new WeakSet<IPollFunctions>();

/** One poll of a trigger node; `null` when nothing has happened. Throws n8n's errors. */
export async function runPoll(
	host: IPollFunctions,
	events: readonly TriggerEvent[],
): Promise<INodeExecutionData[][] | null> {
	if (host.getMode() === 'manual') return [[await showLatest(host, events)]];
	const trigger = `${host.getWorkflow().id}:${host.getNode().id}`;
	// What this poll would find is found by the one under way, or by the next.
	if (polling.has(trigger)) return null;
	polling.add(trigger);
	try {
		const rows = await duringPoll(host, events, async (event, watch) => {
			return await lookForEvents(host, trigger, event, watch);
		});
		polled.add(host);
		return rows.length > 0 ? [rows] : null;
	} finally {
		polling.delete(trigger);
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
	watch: Watch,
): Promise<INodeExecutionData[]> {
	const scope = scopeOf(event, watch);
	const fired = firedEvents(`${trigger}:${scope}`);
	const saved = host.getWorkflowStaticData('node');
	const state = saved.scope === scope && !isNewActivation(host) ? saved.state : undefined;
	const found = await event.poll(state, watch);
	// From here on nothing waits: what fires is remembered in the same breath.
	const news = found.events.filter(({ id }) => !fired.has(id));
	for (const { id } of news) fired.add(id);
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
