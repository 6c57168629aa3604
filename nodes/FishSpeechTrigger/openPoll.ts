import type { IPollFunctions } from 'n8n-workflow';

import { ApiClient } from '../shared/api/client/apiClient';
import { durationText } from '../shared/api/durationText';
import { failure, ServiceError } from '../shared/api/errors';
import { fishSpeech } from '../shared/fishspeech/service';
import { connect } from '../shared/host/connection';
import { asServiceError, toNodeError } from '../shared/host/nodeErrors';
import { describeValue } from '../shared/host/parameters/parameter';
import { ParameterReader, valuesOfPoll } from '../shared/host/parameters/reader';
import { runtime } from '../shared/host/runtime';
import { Tracer } from '../shared/host/trace';
import type { PreparedEvent, TriggerEvent, Watch } from './event';
import { budgetMsOf, startBudget, type PollBudget } from './pollBudget';

/** n8n polls again by itself, so a poll need not try for long. */
const MAX_RETRIES = 2;

/**
 * Runs `work` within the time that n8n gives a poll, or until `stop`. Throws n8n's errors, with what happened and what to
 * do.
 */
export async function duringPoll<T>(
	host: IPollFunctions,
	events: readonly TriggerEvent[],
	work: (event: PreparedEvent, watch: Watch) => Promise<T>,
	stop?: AbortSignal,
): Promise<T> {
	const budget = startBudget(budgetMsOf(host), runtime, stop);
	let name = 'poll';
	let isOwnTimeout = false;
	try {
		const reader = new ParameterReader(valuesOfPoll(host));
		const chosen = chosenEvent(reader, events);
		name = chosen.name;
		const event = chosen.prepare(reader);
		isOwnTimeout = event.requestTimeoutMs < budget.longestRequestMs;
		const account = await connect(host, fishSpeech);
		const tracer = new Tracer(host, fishSpeech);
		const client = new ApiClient(account, {
			signal: budget.signal,
			deadlineMs: budget.deadlineMs,
			requestTimeoutMs: Math.min(event.requestTimeoutMs, budget.longestRequestMs),
			maxRetries: MAX_RETRIES,
			retryUnknownOutcome: false,
			secrets: [],
			trace: (line) => tracer.call(undefined, line),
		});
		return await work(event, { client, hasTime: budget.hasTime, nowMs: runtime.now() });
	} catch (error) {
		const failed = asServiceError(error);
		const isOutOfTime = budget.signal.aborted
			? failed.details.reason === 'cancelled'
			: failed.details.reason === 'timeout' && !isOwnTimeout;
		throw toNodeError(host.getNode(), isOutOfTime ? outOfTime(failed, budget) : failed, name);
	} finally {
		budget.dispose();
	}
}

function chosenEvent(reader: ParameterReader, events: readonly TriggerEvent[]): TriggerEvent {
	const value = reader.value('event', 'Event');
	const event = events.find(({ name }) => name === value);
	if (event !== undefined) return event;
	const names = events.map(({ name }) => name).join(', ');
	throw reader.fail('Event', describeValue(value), names);
}

/** A poll that runs out of time was not stopped by anybody, and no option of the node gives it more. */
function outOfTime(
	{ details: { attempts, jobId } }: ServiceError,
	{ budgetMs }: PollBudget,
): ServiceError {
	return failure(
		'timeout',
		`${fishSpeech.name} did not answer within the ${durationText(budgetMs)} that n8n gives a poll.`,
		{ action: 'Nothing is lost: the next poll looks for the same events.', attempts, jobId },
	);
}
