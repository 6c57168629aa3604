import { accountGate, type GatePass } from '../policy/accountGate';
import { toFishSpeechError } from './callFailures';
import {
	classify,
	ofMediaHost,
	type CallFailure,
	type MethodClass,
	type Verdict,
} from '../policy/classification';
import type { Clock } from '../clock';
import { FishSpeechError } from '../errors';
import { exchange, type Answer, type Outcome } from './exchange';
import type { Secret } from '../redact';
import { LONGEST_RETRY_AFTER_MS, retryDelayMs } from '../policy/retryDelay';
import type { HttpMethod, Transport } from './transport';
import { USER_AGENT } from './version';

/** What all calls of one item of one operation share. */
export interface CallContext {
	/** The node's operation, for errors. */
	readonly operation: string;
	/** Aborted by Stop. */
	readonly signal?: AbortSignal;
	readonly requestTimeoutMs: number;
	readonly maxRetries: number;
	/** The user takes the risk that a create is charged twice. */
	readonly retryUnknownOutcome: boolean;
	/** Sent with creates; the same for every try at the same item. */
	readonly idempotencyKey?: string;
	/** Values that no error may show, beside the token. */
	readonly secrets: readonly Secret[];
	readonly jobId?: string;
	/** Called once for each try. */
	readonly trace?: (line: CallTrace) => void;
}

/** One line of the log: what was called and what came of it, nothing else. */
export interface CallTrace {
	readonly method: HttpMethod;
	/** With placeholders in place of ids: `/speech/tts/jobs/{id}`. */
	readonly path: string;
	readonly attempt: number;
	readonly durationMs: number;
	readonly adapter: Transport['name'];
	readonly status?: number;
	readonly code?: string;
	readonly requestId?: string;
	readonly jobId?: string;
	/** The reason of a failure. */
	readonly reason?: string;
}

export interface HttpCall<T> {
	readonly methodClass: MethodClass;
	readonly method: HttpMethod;
	readonly url: string;
	readonly tracePath: string;
	readonly who: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
	/** Present for calls to the API itself; media hosts pass beside the account's gate. */
	readonly account?: string;
	/** Whether the last answer came from a media host, to which the API itself may redirect. */
	readonly isOfMediaHost?: () => boolean;
	/** How long the request may go on after Stop, so that what it creates is known. */
	readonly graceMs?: number;
	/** What to do about a 4xx or a refused redirect, where the standard sentences would send the user the wrong way. */
	readonly actionWhenRefused?: string;
	read(answer: Answer): Promise<T>;
}

/** Sends calls with the retries that the table allows, through the account's gate, one trace line a try. */
export class Caller {
	constructor(
		private readonly transport: Transport,
		private readonly clock: Clock,
	) {}

	/** Resolves with what `read` made of the answer; throws a `FishSpeechError`. */
	async call<T>(call: HttpCall<T>, context: CallContext): Promise<T> {
		const pass =
			call.account === undefined ? undefined : accountGate(call.account, this.clock).pass();
		let outcomeUnknown = false;
		try {
			for (let attempt = 1; ; attempt++) {
				if (!(await entered(pass, context.signal)))
					throw stopped(context, attempt - 1, outcomeUnknown);
				const outcome = await this.try(call, context, attempt);
				if (outcome.ok) {
					pass?.leave('succeeded');
					return outcome.value;
				}
				const { failedTry } = outcome;
				const verdict = judge(call, failedTry.failure, context);
				outcomeUnknown ||= verdict.outcomeUnknown;
				const delayMs = retryDelayMs(attempt, failedTry.retryAfterMs, () => this.clock.random());
				const isTooLong = delayMs > LONGEST_RETRY_AFTER_MS;
				const closesGate =
					verdict.reason === 'rateLimited' && !isTooLong && call.isOfMediaHost?.() !== true;
				pass?.leave(closesGate ? 'rateLimited' : 'failed', delayMs);
				if (isTooLong || !mayRetry(verdict, attempt, context.maxRetries))
					throw toFishSpeechError(
						{ ...failedTry, action: failedTry.action ?? actionOf(call, verdict) },
						{ ...verdict, outcomeUnknown },
						{ ...context, attempts: attempt },
					);
				if (!(await this.slept(delayMs, context.signal)))
					throw stopped(context, attempt, outcomeUnknown);
			}
		} finally {
			pass?.end();
		}
	}

	private async try<T>(
		call: HttpCall<T>,
		context: CallContext,
		attempt: number,
	): Promise<Outcome<T>> {
		const startedMs = this.clock.now();
		const outcome = await exchange(
			{
				method: call.method,
				url: call.url,
				headers: {
					'user-agent': USER_AGENT,
					'accept-encoding': 'identity',
					...(call.methodClass === 'create' &&
						context.idempotencyKey !== undefined && { 'idempotency-key': context.idempotencyKey }),
					...call.headers,
				},
				body: call.body,
			},
			{
				transport: this.transport,
				clock: this.clock,
				who: call.who,
				timeoutMs: context.requestTimeoutMs,
				signal: context.signal,
				graceMs: call.graceMs,
				secrets: context.secrets,
			},
			async (answer) => await call.read(answer),
		);
		context.trace?.({
			method: call.method,
			path: call.tracePath,
			attempt,
			durationMs: Math.round(this.clock.now() - startedMs),
			adapter: this.transport.name,
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

	private async slept(ms: number, signal?: AbortSignal): Promise<boolean> {
		try {
			await this.clock.sleep(ms, signal);
			return true;
		} catch {
			// A sleep rejects for one reason: Stop.
			return false;
		}
	}
}

function judge<T>(call: HttpCall<T>, failure: CallFailure, context: CallContext): Verdict {
	const verdict = classify(call.methodClass, failure, context.retryUnknownOutcome);
	return call.isOfMediaHost?.() === true ? ofMediaHost(verdict) : verdict;
}

function actionOf<T>({ actionWhenRefused }: HttpCall<T>, { reason }: Verdict): string | undefined {
	const isRefusal = ['forbidden', 'notFound', 'invalidRequest'].includes(reason);
	return isRefusal ? actionWhenRefused : undefined;
}

function mayRetry(verdict: Verdict, attempt: number, maxRetries: number): boolean {
	if (verdict.retry === 'no') return false;
	return attempt <= (verdict.retry === 'once' ? Math.min(1, maxRetries) : maxRetries);
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

function stopped(context: CallContext, attempts: number, outcomeUnknown: boolean): FishSpeechError {
	const { operation, jobId } = context;
	return new FishSpeechError('The execution was stopped before this call was made.', {
		details: { kind: 'terminal', reason: 'cancelled', operation, attempts, jobId, outcomeUnknown },
	});
}
