import { setTimeout as delay } from 'node:timers/promises';

/** A POST to a callback URL, and what it was answered. */
export interface SentCallback {
	readonly taskId: string;
	readonly url: string;
	/** `undefined` when nobody answered. */
	readonly status: number | undefined;
}

const LATE_MS = 3_000;
const LONGEST_ANSWER_MS = 10_000;

/** When and how often the service reports a finished task. */
export const CALLBACK_MODES = [
	'finished',
	'early',
	'late',
	'twice',
	'never',
	/** A lie as soon as the task is accepted, and the truth later. */
	'forged',
] as const;

export type CallbackMode = (typeof CALLBACK_MODES)[number];

/** A task that is to be reported. */
export interface CallbackPlan {
	readonly taskId: string;
	readonly url: string;
	readonly finishesInMs: number;
	/** The envelope, once the task is finished. */
	body(): Promise<unknown>;
}

/** Reports tasks to their callback URLs, until the sandbox is reset or closed. */
export class CallbackSender {
	readonly sent: SentCallback[] = [];
	private readonly plans = new Map<string, CallbackPlan>();
	private readonly end = new AbortController();

	/** Resolves at once, unless the callback comes before the answer to the call that makes the task. */
	async plan(plan: CallbackPlan, mode: CallbackMode): Promise<void> {
		this.plans.set(plan.taskId, plan);
		if (mode === 'early') return void (await this.send(plan.taskId));
		if (mode === 'never') return;
		void this.later(plan, mode).catch(() => undefined);
	}

	/** Reports a task now; with another body, it is a lie. */
	async send(taskId: string, body?: unknown): Promise<SentCallback> {
		const plan = this.plans.get(taskId);
		if (plan === undefined) throw new Error(`task ${taskId} has no callback URL`);
		const status = await post(plan.url, body ?? (await plan.body()), this.end.signal);
		const sent = { taskId, url: plan.url, status };
		this.sent.push(sent);
		return sent;
	}

	stop(): void {
		this.end.abort();
	}

	private async later({ taskId, finishesInMs }: CallbackPlan, mode: CallbackMode): Promise<void> {
		const { signal } = this.end;
		if (mode === 'forged') await this.send(taskId, forgedBody(taskId));
		await delay(finishesInMs + (mode === 'late' ? LATE_MS : 0), undefined, { signal });
		await this.send(taskId);
		if (mode === 'twice') await this.send(taskId);
	}
}

/** What somebody else might send, who knows the address. */
export function forgedBody(taskId: string): unknown {
	const data = [{ audio_url: 'https://attacker.example.org/x.mp3' }];
	return { success: true, task_id: taskId, trace_id: 'forged', data };
}

async function post(url: string, body: unknown, signal: AbortSignal): Promise<number | undefined> {
	try {
		const { status } = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
			signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER_MS)]),
		});
		return status;
	} catch {
		return undefined;
	}
}
