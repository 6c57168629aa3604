import { failure, type ServiceError } from '../errors';
import { accountGate, type GatePass } from '../policy/accountGate';
import { classify, ofMediaHost, type CallFailure, type Verdict } from '../policy/classification';
import { LONGEST_RETRY_AFTER_MS, retryDelayMs } from '../policy/retryDelay';
import { toServiceError } from './callFailures';
import {
	exchange,
	type CallContext,
	type Connection,
	type HttpCall,
	type Outcome,
} from './exchange';

/** A call with what its retries depend on. */
export interface RepeatableCall<T> extends HttpCall<T> {
	/** Without ids, for the log. */
	readonly tracePath: string;
	/** Present for calls to the API itself; media hosts pass beside the account's gate. */
	readonly account?: string;
	/** Whether the last answer came from a media host, to which the API itself may redirect. */
	readonly isOfMediaHost?: () => boolean;
	/** What to do about a 4xx or a refused redirect, where the standard sentences would send the user the wrong way. */
	readonly actionWhenRefused?: string;
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
	const pass = call.account === undefined ? undefined : accountGate(call.account, clock).pass();
	let outcomeUnknown = false;
	try {
		for (let attempt = 1; ; attempt++) {
			if (!(await entered(pass, context.signal)))
				throw stopped(context, attempt - 1, outcomeUnknown);
			const outcome = await tryOnce(call, context, connection, attempt);
			if (outcome.ok) {
				pass?.leave('succeeded');
				return outcome.value;
			}
			const { failedTry } = outcome;
			const verdict = judge(call, failedTry.failure, context);
			outcomeUnknown ||= verdict.outcomeUnknown;
			const delayMs = retryDelayMs(attempt, failedTry.retryAfterMs, () => clock.random());
			const isTooLong = delayMs > LONGEST_RETRY_AFTER_MS;
			const closesGate =
				verdict.reason === 'rateLimited' && !isTooLong && call.isOfMediaHost?.() !== true;
			pass?.leave(closesGate ? 'rateLimited' : 'failed', delayMs);
			if (isTooLong || !mayRetry(verdict, attempt, context.maxRetries))
				throw toServiceError(
					{ ...failedTry, action: failedTry.action ?? actionOf(call, verdict) },
					{ ...verdict, outcomeUnknown },
					{ attempts: attempt, jobId: context.jobId, actions: service.actions },
				);
			if (!(await slept(connection, delayMs, context.signal)))
				throw stopped(context, attempt, outcomeUnknown);
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
	const startedMs = clock.now();
	context.onSend?.(call.methodClass);
	const outcome = await exchange(call, context, connection);
	context.trace?.({
		method: call.method,
		path: call.tracePath,
		attempt,
		durationMs: Math.round(clock.now() - startedMs),
		adapter: transport.name,
		jobId: context.jobId,
		...(outcome.ok
			? { status: outcome.status, requestId: outcome.requestId }
			: {
					status: outcome.failedTry.httpStatus,
					code: outcome.failedTry.code,
					requestId: outcome.failedTry.requestId,
					reason: judge(call, outcome.failedTry.failure, context).reason,
				}),
	});
	return outcome;
}

function judge<T>(
	call: RepeatableCall<T>,
	failedBy: CallFailure,
	{ retryUnknownOutcome }: CallContext,
): Verdict {
	const verdict = classify(call.methodClass, failedBy, retryUnknownOutcome);
	return call.isOfMediaHost?.() === true ? ofMediaHost(verdict) : verdict;
}

function actionOf<T>(
	{ actionWhenRefused }: RepeatableCall<T>,
	{ reason }: Verdict,
): string | undefined {
	const isRefusal = ['forbidden', 'notFound', 'invalidRequest'].includes(reason);
	return isRefusal ? actionWhenRefused : undefined;
}

function mayRetry(verdict: Verdict, attempt: number, maxRetries: number): boolean {
	if (verdict.retry === 'no') return false;
	return attempt <= (verdict.retry === 'once' ? Math.min(1, maxRetries) : maxRetries);
}

async function slept(
	{ clock }: Connection,
	ms: number,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	try {
		await clock.sleep(ms, signal);
		return true;
	} catch {
		// A sleep rejects for one reason: Stop.
		return false;
	}
}

async function entered(pass: GatePass | undefined, signal?: AbortSignal): Promise<boolean> {
	if (signal?.aborted) return false;
	try {
		await pass?.enter(signal);
		return true;
	} catch {
		// The gate rejects for one reason: Stop.
		return false;
	}
}

function stopped({ jobId }: CallContext, attempts: number, outcomeUnknown: boolean): ServiceError {
	return failure('cancelled', 'The execution was stopped before this call was made.', {
		attempts,
		jobId,
		outcomeUnknown,
	});
}
