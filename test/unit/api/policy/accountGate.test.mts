import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	AccountGate,
	type Entry,
	type GatePass,
} from '../../../../nodes/shared/api/policy/accountGate.ts';
import { accountGate, gateCount } from '../../../../nodes/shared/api/policy/accountGates.ts';
import type { WaitLimits } from '../../../../nodes/shared/api/policy/waitingLine.ts';
import { SimulatedClock } from '../simulatedClock.mts';

const HOUR_MS = 3_600_000;

/** A pass that says how its entry went. */
function enter(gate: AccountGate, limits?: WaitLimits) {
	const pass = gate.pass();
	const state: { pass: GatePass; entry?: Entry } = { pass };
	const entering = pass.enter(limits).then((entry) => {
		state.entry = entry;
	});
	return Object.assign(state, { entering });
}

async function enterAll(gate: AccountGate, count: number): Promise<GatePass[]> {
	const passes = Array.from({ length: count }, () => gate.pass());
	for (const pass of passes) expect(await pass.enter()).toBe('in');
	return passes;
}

/** A gate that a 429 has closed. */
async function closedGate(retryAfterMs: number, seed?: number) {
	const clock = new SimulatedClock(seed);
	const gate = new AccountGate(clock);
	const [pass] = await enterAll(gate, 1);
	pass?.rateLimited(retryAfterMs);
	return { clock, gate, pass };
}

const turn = async () => await new Promise((resolve) => setImmediate(resolve));

describe('the account gate', () => {
	it('starts without a limit', async () => {
		const gate = new AccountGate(new SimulatedClock());
		expect(await enterAll(gate, 500)).toHaveLength(500);
	});

	it('closes for as long as a 429 asks', async () => {
		const { clock, gate } = await closedGate(2_000);
		const waiting = enter(gate);
		await clock.pass(1_999);
		expect(waiting.entry).toBeUndefined();
		await clock.pass(1);
		expect(waiting.entry).toBe('in');
	});

	it('lets no more in when its timer rings a little early', async () => {
		const clock = new SimulatedClock();
		clock.ringsEarlyByMs = 0.5;
		const gate = new AccountGate(clock);
		const passes = await enterAll(gate, 20);
		for (const pass of passes.slice(1)) pass.rateLimited(1_000);
		passes[0]?.succeeded();
		const entered = passes.slice(1).map(async (pass) => await pass.enter());
		let count = 0;
		for (const entering of entered) void entering.then(() => count++);
		await clock.pass(1_000);
		await turn();
		expect(count).toBe(1);
		for (const pass of passes) pass.end();
	});

	it('lets the calls take turns while each is refused, so that none uses up its tries', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const passes = await enterAll(gate, 10);
		for (const pass of passes) pass.rateLimited(1_000);
		const refusals = passes.map(() => 1);
		for (const [index, pass] of passes.entries())
			void pass.enter().then(async function again() {
				refusals[index] = (refusals[index] ?? 0) + 1;
				pass.rateLimited(1_000);
				await pass.enter().then(again);
			});
		while (Math.max(...refusals) < 4) await clock.pass(1_000);
		expect(Math.min(...refusals)).toBe(3);
	});

	it.each([-60_000, -HOUR_MS, HOUR_MS])(
		'is not closed for longer or shorter when the date jumps by %i ms',
		async (jumpMs) => {
			const { clock, gate } = await closedGate(2_000);
			const waiting = enter(gate);
			clock.dateOffByMs = jumpMs;
			await clock.pass(1_999);
			expect(waiting.entry).toBeUndefined();
			await clock.pass(1);
			expect(waiting.entry).toBe('in');
		},
	);

	it('is first come, first served; a call that comes back keeps its place', async () => {
		const { clock, gate, pass: first } = await closedGate(1_000);
		const order: string[] = [];
		const later = enter(gate);
		const laterIn = later.entering.then(() => order.push('later'));
		const firstIn = first?.enter().then(() => order.push('first'));
		await clock.pass(1_000);
		await firstIn;
		first?.succeeded();
		await laterIn;
		expect(order).toEqual(['first', 'later']);
	});

	it('ends a wait at once on Stop, without keeping its place', async () => {
		const { clock, gate } = await closedGate(60_000);
		const stop = new AbortController();
		const stopped = enter(gate, { signal: stop.signal });
		const next = enter(gate);
		stop.abort(new Error('stopped'));
		await stopped.entering;
		expect(stopped.entry).toBe('stopped');
		expect(clock.elapsedMs).toBe(0);
		await clock.pass(60_000);
		expect(next.entry).toBe('in');
	});

	it('lets nobody in whose execution was stopped before', async () => {
		const gate = new AccountGate(new SimulatedClock());
		expect(await gate.pass().enter({ signal: AbortSignal.abort() })).toBe('stopped');
	});

	it('ends a wait at the deadline of the caller, without keeping its place', async () => {
		const { clock, gate } = await closedGate(60_000);
		const waiting = enter(gate, { deadlineMs: 1_000 });
		const next = enter(gate);
		await clock.pass(999);
		expect(waiting.entry).toBeUndefined();
		await clock.pass(1);
		expect(waiting.entry).toBe('late');
		await clock.pass(59_000);
		expect(next.entry).toBe('in');
	});

	it('lets a call in at its deadline when it need not wait', async () => {
		const gate = new AccountGate(new SimulatedClock());
		expect(await gate.pass().enter({ deadlineMs: 0 })).toBe('in');
	});

	it('counts a call that ended without a word as failed', async () => {
		const { clock, gate } = await closedGate(1_000);
		await clock.pass(1_000);
		const inside = enter(gate);
		await inside.entering;
		const next = enter(gate);
		inside.pass.end();
		await clock.pass(1_000);
		expect(next.entry).toBe('in');
	});

	it('keeps no timer when nobody waits any more', async () => {
		const { clock, gate } = await closedGate(60_000);
		const stop = new AbortController();
		const stopped = enter(gate, { signal: stop.signal });
		stop.abort();
		await stopped.entering;
		await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('nobody sleeps');
	});
});

describe('a Retry-After that nobody waits for', () => {
	const away = { reason: 'rateLimited', retryAfterMs: HOUR_MS } as const;

	async function turnedAway() {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const [met, inFlight] = await enterAll(gate, 2);
		met?.turnedAway(away);
		met?.end();
		return { clock, gate, inFlight };
	}

	it('is told to everybody who comes, with what is left of it', async () => {
		const { clock, gate } = await turnedAway();
		await clock.pass(60_000);
		expect(await gate.pass().enter()).toEqual({ ...away, retryAfterMs: HOUR_MS - 60_000 });
	});

	it('ends the waits behind it', async () => {
		const clock = new SimulatedClock();
		const gate = new AccountGate(clock);
		const [closing, late] = await enterAll(gate, 2);
		closing?.rateLimited(60_000);
		const waiting = [enter(gate), enter(gate)];
		late?.turnedAway(away);
		await turn();
		expect(waiting.map(({ entry }) => entry)).toEqual([away, away]);
	});

	it('is not lifted by a call that was in flight before', async () => {
		const { gate, inFlight } = await turnedAway();
		inFlight?.succeeded();
		expect(await gate.pass().enter()).toEqual(away);
	});

	it('is asked again after five minutes by one call, whose answer the others wait for', async () => {
		const { clock, gate } = await turnedAway();
		await clock.pass(300_000);
		const [asking, ...others] = [enter(gate), enter(gate), enter(gate)];
		await turn();
		expect([asking, ...others].map(({ entry }) => entry)).toEqual(['in', undefined, undefined]);
		asking?.pass.succeeded();
		await turn();
		expect(others.map(({ entry }) => entry)).toEqual(['in', 'in']);
	});

	it('holds for all again when the call that asked is told the same', async () => {
		const { clock, gate } = await turnedAway();
		await clock.pass(300_000);
		const [asking, other] = [enter(gate), enter(gate)];
		await turn();
		asking.pass.turnedAway({ reason: 'rateLimited', retryAfterMs: HOUR_MS / 2 });
		await turn();
		expect(other.entry).toEqual({ reason: 'rateLimited', retryAfterMs: HOUR_MS / 2 });
	});

	it('lets the next call ask when the one that asked failed for another reason', async () => {
		const { clock, gate } = await turnedAway();
		await clock.pass(300_000);
		const [asking, other] = [enter(gate), enter(gate)];
		await turn();
		asking.pass.failed();
		await turn();
		expect(other.entry).toBe('in');
	});
});

describe('the gates of this process', () => {
	const fingerprintOf = (token: string) => createHash('sha256').update(token).digest('hex');

	it('are one for each account, told apart by the whole fingerprint', () => {
		const clock = new SimulatedClock();
		const start = fingerprintOf('one').slice(0, 56);
		const [a, b] = [`${start}00000000`, `${start}00000001`];
		const first = accountGate(a, clock);
		const pass = first.pass();
		expect(accountGate(a, clock)).toBe(first);
		expect(accountGate(b, clock)).not.toBe(first);
		pass.end();
	});

	it('are let go once they know nothing and nobody uses them', () => {
		const clock = new SimulatedClock();
		const used = accountGate(fingerprintOf('used'), clock);
		const pass = used.pass();
		for (let token = 0; token < 2_000; token++)
			accountGate(fingerprintOf(`token ${token}`), clock)
				.pass()
				.end();
		expect(gateCount()).toBeLessThan(5);
		expect(accountGate(fingerprintOf('used'), clock)).toBe(used);
		pass.end();
	});

	it('are kept while they know a limit, but for ten minutes without a call at most', async () => {
		const clock = new SimulatedClock();
		const fingerprint = fingerprintOf('limited');
		const gate = accountGate(fingerprint, clock);
		const pass = gate.pass();
		await pass.enter();
		pass.rateLimited(1_000);
		pass.end();
		await clock.pass(9 * 60_000);
		accountGate(fingerprintOf('another'), clock);
		expect(accountGate(fingerprint, clock)).toBe(gate);
		await clock.pass(2 * 60_000);
		accountGate(fingerprintOf('yet another'), clock);
		expect(accountGate(fingerprint, clock)).not.toBe(gate);
	});

	it('are never more than five hundred that nobody uses, the one used longest ago going first', async () => {
		const clock = new SimulatedClock();
		const limited = async (token: string) => {
			const gate = accountGate(fingerprintOf(token), clock);
			const pass = gate.pass();
			await pass.enter();
			pass.rateLimited(1_000);
			pass.end();
			return gate;
		};
		const oldest = await limited('oldest');
		const old = await limited('old');
		for (let token = 0; token < 400; token++) await limited(`limited ${token}`);
		expect(accountGate(fingerprintOf('old'), clock)).toBe(old);
		for (let token = 400; token < 600; token++) await limited(`limited ${token}`);
		expect(gateCount()).toBeLessThanOrEqual(500);
		expect(accountGate(fingerprintOf('old'), clock)).toBe(old);
		expect(accountGate(fingerprintOf('oldest'), clock)).not.toBe(oldest);
	});
});
