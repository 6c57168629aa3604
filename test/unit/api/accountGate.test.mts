import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
	AccountGate,
	accountGate,
	type GatePass,
} from '../../../nodes/shared/api/policy/accountGate.ts';
import { sendWithRetries } from '../../../nodes/shared/api/http/caller.ts';
import type { Transport, TransportResponse } from '../../../nodes/shared/api/http/transport.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';
import { SimulatedClock } from './simulatedClock.mts';

/** A pass that says whether it was let in. */
function enter(gate: AccountGate, signal?: AbortSignal) {
	const pass = gate.pass();
	const state = { pass, isIn: false };
	const entering = pass.enter(signal).then(() => {
		state.isIn = true;
	});
	return Object.assign(state, { entering });
}

async function enterAll(gate: AccountGate, count: number): Promise<GatePass[]> {
	const passes = Array.from({ length: count }, () => gate.pass());
	for (const pass of passes) await pass.enter();
	return passes;
}

const turn = async () => await new Promise((resolve) => setImmediate(resolve));

describe('the account gate', () => {
	it('starts without a limit', async () => {
		const gate = new AccountGate(new SimulatedClock());
		expect(await enterAll(gate, 500)).toHaveLength(500);
	});

	it('closes at a 429 for as long as it asks, and lets in half of what was in flight afterwards', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const passes = await enterAll(gate, 10);
		passes[0]?.leave('rateLimited', 2_000);
		for (const pass of passes.slice(1)) pass.leave('failed');
		const waiting = Array.from({ length: 8 }, () => enter(gate));
		await clock.pass(1_999);
		expect(waiting.filter(({ isIn }) => isIn)).toHaveLength(0);
		await clock.pass(1);
		expect(waiting.map(({ isIn }) => isIn)).toEqual([
			...Array<boolean>(5).fill(true),
			...Array<boolean>(3).fill(false),
		]);
	});

	it('halves once for all 429s of one closure', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		for (const pass of await enterAll(gate, 20)) pass.leave('rateLimited', 1_000);
		const waiting = Array.from({ length: 20 }, () => enter(gate));
		await clock.pass(1_000);
		expect(waiting.filter(({ isIn }) => isIn)).toHaveLength(10);
	});

	it('never lets in less than one', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const [only] = await enterAll(gate, 1);
		only?.leave('rateLimited', 1_000);
		const waiting = [enter(gate), enter(gate)];
		await clock.pass(1_000);
		expect(waiting.map(({ isIn }) => isIn)).toEqual([true, false]);
	});

	it('grows by one after as many successes in a row as its limit', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const passes = await enterAll(gate, 4);
		for (const pass of passes) pass.leave('rateLimited', 1);
		await clock.pass(1);
		const [first, second] = await enterAll(gate, 2);
		const third = enter(gate);
		first?.leave('succeeded');
		await turn();
		// A place was free, so the third came in; the limit is still two.
		expect(third.isIn).toBe(true);
		const fourth = enter(gate);
		await turn();
		expect(fourth.isIn).toBe(false);
		second?.leave('succeeded');
		const fifth = enter(gate);
		await turn();
		expect([fourth.isIn, fifth.isIn]).toEqual([true, true]);
	});

	it('starts counting successes anew after a failure', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		for (const pass of await enterAll(gate, 4)) pass.leave('rateLimited', 1);
		await clock.pass(1);
		const [first, second] = await enterAll(gate, 2);
		first?.leave('succeeded');
		second?.leave('failed');
		const [third] = await enterAll(gate, 1);
		third?.leave('succeeded');
		const waiting = [enter(gate), enter(gate), enter(gate)];
		await turn();
		expect(waiting.map(({ isIn }) => isIn)).toEqual([true, true, false]);
	});

	it('is first come, first served; a call that comes back keeps its place', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const first = gate.pass();
		await first.enter();
		first.leave('rateLimited', 1_000);
		const order: string[] = [];
		const later = gate.pass();
		const laterIn = later.enter().then(() => order.push('later'));
		const firstIn = first.enter().then(() => order.push('first'));
		await clock.pass(1_000);
		await firstIn;
		first.leave('succeeded');
		await laterIn;
		expect(order).toEqual(['first', 'later']);
	});

	it('lets a waiting call go at once on Stop, without keeping its place', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const [only] = await enterAll(gate, 1);
		only?.leave('rateLimited', 60_000);
		const stop = new AbortController();
		const stopped = enter(gate, stop.signal);
		const next = enter(gate);
		stop.abort(new Error('stopped'));
		await expect(stopped.entering).rejects.toThrow('stopped');
		await clock.pass(60_000);
		expect(next.isIn).toBe(true);
	});

	it('lets nobody in whose execution was stopped before', async () => {
		const gate = new AccountGate(new SimulatedClock());
		await expect(gate.pass().enter(AbortSignal.abort())).rejects.toThrow();
	});

	it('is one for each account, and forgotten once it has nothing to remember', async () => {
		const clock = new SimulatedClock();
		const first = accountGate('account-a', clock);
		const pass = first.pass();
		expect(accountGate('account-a', clock)).toBe(first);
		expect(accountGate('account-b', clock)).not.toBe(first);
		accountGate('account-c', clock);
		expect(accountGate('account-a', clock)).toBe(first);
		pass.end();
		accountGate('account-d', clock);
		expect(accountGate('account-a', clock)).not.toBe(first);
	});
});

interface ServiceOptions {
	/** How far an answer may be from 100 ms, either way. */
	readonly spreadMs: number;
	/** What it asks for when the bucket is empty. */
	readonly retryAfter: string | undefined;
}

/** A service with a token bucket of 20 a second and room for 20, which answers after about 100 ms. */
class RateLimitedService implements Transport {
	readonly name = 'undici';
	requests = 0;
	private tokens = 20;
	private filledAtMs: number;

	constructor(
		private readonly clock: SimulatedClock,
		private readonly options: ServiceOptions,
	) {
		this.filledAtMs = clock.now();
	}

	async send(): Promise<TransportResponse> {
		this.requests++;
		const isAccepted = this.take();
		const { spreadMs, retryAfter } = this.options;
		await this.clock.sleep(100 + spreadMs * (2 * this.clock.random() - 1));
		const headers: Record<string, string> =
			isAccepted || retryAfter === undefined ? {} : { 'retry-after': retryAfter };
		return {
			status: isAccepted ? 200 : 429,
			headers,
			body: Readable.from([Buffer.from('{"id":"t"}')]),
		};
	}

	private take(): boolean {
		const passedSeconds = (this.clock.now() - this.filledAtMs) / 1_000;
		this.tokens = Math.min(20, this.tokens + passedSeconds * 20);
		this.filledAtMs = this.clock.now();
		if (this.tokens < 1) return false;
		this.tokens -= 1;
		return true;
	}
}

describe('a batch against a rate limit of 20 a second', () => {
	const services: ReadonlyArray<readonly [string, ServiceOptions]> = [
		['a service that asks to wait a second', { spreadMs: 0, retryAfter: '1' }],
		['answers that vary', { spreadMs: 50, retryAfter: '1' }],
		['a service that does not say how long', { spreadMs: 50, retryAfter: undefined }],
	];
	const cases = services.flatMap(([name, options]) =>
		[1, 2, 3].map((seed) => ({ name, options, seed })),
	);

	it.each(cases)(
		'fails nowhere and costs at most 1.30 requests for each of 200 items, concurrency 20: $name, seed $seed',
		async ({ name, options, seed }) => {
			const clock = new SimulatedClock(seed);
			const service = new RateLimitedService(clock, options);
			const items = Array.from({ length: 200 }, (_, index) => index).values();
			const runSlot = async () => {
				for (const item of items)
					await sendWithRetries(
						{
							methodClass: 'create',
							method: 'POST',
							url: 'https://api.invalid/speech/tts',
							tracePath: '/speech/tts',
							who: 'FishSpeech',
							account: `${name}-${seed}`,
							headers: {},
							body: JSON.stringify({ item }),
							read: async (answer) => await answer.json(),
						},
						{
							requestTimeoutMs: 300_000,
							maxRetries: 4,
							retryUnknownOutcome: false,
							secrets: [],
						},
						{ service: fishSpeech, transport: service, clock },
					);
			};
			await clock.run(Promise.all(Array.from({ length: 20 }, runSlot)));
			expect(service.requests / 200).toBeLessThanOrEqual(1.3);
			// The bucket alone needs nine seconds for 180 items.
			expect(clock.elapsedMs).toBeLessThan(20_000);
		},
	);
});
