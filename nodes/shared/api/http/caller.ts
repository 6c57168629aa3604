import type { ServiceError } from '../errors';
import type { Entry, GatePass } from '../policy/accountGate';
import { accountGate } from '../policy/accountGates';
import { classify, ofMediaHost, type CallFailure, type Verdict } from '../policy/classification';
import { LONGEST_RETRY_AFTER_MS, retryDelayMs } from '../policy/retryDelay';
import { toServiceError, type FailedTry } from './callFailures';
import {
	exchange,
	type CallContext,
	type Connection,
	type HttpCall,
	type Outcome,
} from './exchange';
import { notLetIn, type NotSent } from './notLetIn';

/** A call with what its retries depend on. */
export interface RepeatableCall<T> extends HttpCall<T> {
	/** Without ids, for the log. */
	readonly tracePath: string;
	/** Present for calls to the API itself; calls to media hosts do not pass the account's gate. */
	readonly account?: string;
	/** Whether the last answer came from a media host, to which the API itself may redirect. */
	readonly isOfMediaHost?: () => boolean;
	/** What to do about a 4xx or a refused redirect, where the standard sentences would mislead the user. */
	readonly actionWhenRefused?: string;
	/** The same about a call that does not get its turn. */
	readonly whenNotSent?: NotSent;
}

/**
 * Sends a call with the retries that the table allows, through the account's gate, one trace line a try. Resolves with
 * what the call made of the answer; throws a `ServiceError`.
 */
export async function sendWithRetries<T>(
	call: RepeatableCall<T>,
	context: CallContext,
	connection: Connection,
): Promise<T> {
	const { clock, service } = connection;
	const { jobId, maxRetries, signal } = context;
	const pass = call.account === undefined ? undefined : accountGate(call.account, clock).pass();
	// The service is done with a call whose media have arrived, however long they take to be stored.
	const onReceived = () => {
		pass?.succeeded();
		// It is not sent again, whatever becomes of it. Anything else may be, and keeps its place until it is stored.
		if (call.methodClass === 'create') context.onReceived?.();
	};
	let outcomeUnknown = false;
	let mayBeDone = false;
	let lastFailure: ServiceError | undefined;
	try {
		for (let attempt = 1; ; attempt++) {
			const entry = await enter(pass, context);
			if (entry === 'late' && lastFailure !== undefined) throw lastFailure;
			if (entry !== 'in')
				throw notLetIn(entry, call.who, {
					attempts: attempt - 1,
					jobId,
					outcomeUnknown,
					mayBeDone,
					instead: call.whenNotSent,
				});
			const outcome = await tryOnce(call, { ...context, onReceived }, connection, attempt);
			if (outcome.ok) {
				pass?.succeeded();
				return outcome.value;
			}
			const { failedTry } = outcome;
			const verdict = judge(call, failedTry.failure, context);
			outcomeUnknown ||= verdict.outcomeUnknown;
			// What makes the outcome of a create unknown may have carried out any call.
			mayBeDone ||= classify('create', failedTry.failure).outcomeUnknown;
			// A refusal made no job, whatever it names.
			const madeJobId = verdict.outcomeUnknown ? failedTry.jobId : undefined;
			lastFailure = toServiceError(
				{ ...failedTry, action: failedTry.action ?? actionOf(call, verdict) },
				{ ...verdict, outcomeUnknown },
				{
					attempts: attempt,
					jobId: jobId ?? madeJobId,
					actions: service.actions,
					mayBeDone,
					whenNotSent: call.whenNotSent,
				},
			);
			// It can be asked for, which costs nothing.
			if (madeJobId !== undefined) throw lastFailure;
			const isOfMediaHost = call.isOfMediaHost?.() === true;
			const gateWaitMs = isOfMediaHost ? undefined : leave(pass, failedTry, verdict);
			pass?.failed();
			// Behind a closed gate, the back-off is the gate's: once for all calls of the account.
			const delayMs =
				gateWaitMs ?? retryDelayMs(attempt, failedTry.retryAfterMs, () => clock.random());
			if (!mayRetry(verdict, attempt, maxRetries) || isTooLong(failedTry)) throw lastFailure;
			if (endsAfter(delayMs, context, connection)) throw lastFailure;
			if (!(await slept(connection, delayMs, signal)))
				throw notLetIn('stopped', call.who, {
					attempts: attempt,
					jobId,
					outcomeUnknown,
					mayBeDone,
				});
		}
	} finally {
		pass?.end();
	}
}

async function tryOnce<T>(
	call: RepeatableCall<T>,
	context: CallContext,
	connection: Connection,
	attempt: number,
): Promise<Outcome<T>> {
	const { clock, transport } = connection;
	const startedMs = clock.elapsed();
	context.onSend?.(call.methodClass);
	const outcome = await exchange(call, context, connection);
	context.trace?.({
		method: call.method,
		path: call.tracePath,
		attempt,
		durationMs: Math.round(clock.elapsed() - startedMs),
		adapter: transport.name,
		jobId: context.jobId,
		...(outcome.ok
			? { status: outcome.httpStatus, requestId: outcome.requestId }
			: {
					status: outcome.failedTry.httpStatus,
					code: outcome.failedTry.code,
					requestId: outcome.failedTry.requestId,
					reason: judge(call, outcome.failedTry.failure, context).reason,
				}),
	});
	return outcome;
}

function judge(
	call: RepeatableCall<unknown>,
	failedBy: CallFailure,
	{ retryUnknownOutcome }: CallContext,
): Verdict {
	const verdict = classify(call.methodClass, failedBy, retryUnknownOutcome);
	return call.isOfMediaHost?.() === true ? ofMediaHost(verdict) : verdict;
}

function actionOf(
	{ actionWhenRefused }: RepeatableCall<unknown>,
	{ reason }: Verdict,
): string | undefined {
	const isRefusal = ['forbidden', 'notFound', 'invalidRequest'].includes(reason);
	return isRefusal ? actionWhenRefused : undefined;
}

function mayRetry(verdict: Verdict, attempt: number, maxRetries: number): boolean {
	if (verdict.retry === 'no') return false;
	return attempt <= (verdict.retry === 'once' ? Math.min(1, maxRetries) : maxRetries);
}

/** Tells the account's gate of a limit that was met. Returns how long to wait in addition to the gate. */
function leave(
	pass: GatePass | undefined,
	failedTry: FailedTry,
	{ reason }: Verdict,
): number | undefined {
	const { httpStatus, retryAfterMs = 0 } = failedTry;
	const isRateLimit = reason === 'rateLimited';
	if (isTooLong(failedTry) && (isRateLimit || httpStatus === 503))
		pass?.turnedAway({ reason, retryAfterMs });
	return isRateLimit ? pass?.rateLimited(retryAfterMs) : undefined;
}

function isTooLong({ retryAfterMs = 0 }: FailedTry): boolean {
	return retryAfterMs > LONGEST_RETRY_AFTER_MS;
}

/** Whether the caller's time is up before the next try. */
function endsAfter(delayMs: number, { deadlineMs }: CallContext, { clock }: Connection): boolean {
	return deadlineMs !== undefined && clock.elapsed() + delayMs > deadlineMs;
}

async function slept(
	{ clock }: Connection,
	ms: number,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	if (ms === 0) return true;
	try {
		await clock.sleep(ms, signal);
		return true;
	} catch {
		// A sleep rejects for one reason: Stop.
		return false;
	}
}

async function enter(
	pass: GatePass | undefined,
	{ signal, deadlineMs }: CallContext,
): Promise<Entry> {
	const entry = (await pass?.enter({ signal, deadlineMs })) ?? 'in';
	// Stop may have come while the turn was on its way.
	return signal?.aborted === true ? 'stopped' : entry;
}
