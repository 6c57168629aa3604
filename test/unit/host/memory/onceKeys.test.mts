import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
	claimOnceKeys,
	releaseOnceKeys,
	type KeyedItem,
} from '../../../../nodes/shared/host/memory/onceKeys.ts';
import { runtime } from '../../../../nodes/shared/host/runtime.ts';
import { SimulatedClock } from '../../api/simulatedClock.mts';
import { DeduplicationTable, type KeyHost, type StorePace } from './deduplicationTable.mts';

const QUICK: StorePace = { readMs: [1, 5], writeMs: [1, 5] };
const SLOW: StorePace = { readMs: [100, 400], writeMs: [200, 800] };
const UNEVEN: StorePace = { readMs: [1, 60], writeMs: [1, 180] };

const original = { ...runtime };
let clock: SimulatedClock;

function useClock(seed: number): void {
	clock = new SimulatedClock(seed);
	Object.assign(runtime, {
		now: () => clock.now(),
		elapsed: () => clock.elapsed(),
		sleep: async (ms: number, signal?: AbortSignal) => await clock.sleep(ms, signal),
		random: () => clock.random(),
	});
}

beforeEach(() => useClock(1));
afterEach(() => void Object.assign(runtime, original));

function itemsOf(keys: readonly string[], isOwn = false): KeyedItem[] {
	return keys.map((onceKey, itemIndex) => ({ itemIndex, onceKey, isOwn }));
}

/** The keys that a batch may buy. */
async function claimed(host: KeyHost, keys: readonly string[]): Promise<string[]> {
	const seen = await claimOnceKeys(host, itemsOf(keys));
	return keys.filter((_, itemIndex) => !seen.has(itemIndex));
}

const failureOf = async (work: Promise<unknown>) => {
	try {
		await work;
	} catch (error) {
		return error;
	}
	throw new Error('it did not fail');
};

describe('the once keys of a batch', () => {
	it('are new at first and seen from then on, and nothing else stays in the store', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		const host = table.hostIn('process 1');
		expect(await clock.run(claimed(host, ['a', 'b']))).toEqual(['a', 'b']);
		expect(await clock.run(claimed(host, ['b', 'c']))).toEqual(['c']);
		expect([...table.keys].sort()).toEqual(['a', 'b', 'c']);
		expect(table.tokens).toBe(0);
	});

	it('count as seen the second time within the batch', async () => {
		const host = new DeduplicationTable(clock, QUICK).hostIn('process 1');
		const found = await clock.run(claimOnceKeys(host, itemsOf(['a', 'b', 'a', 'a'])));
		expect([...found.keys()]).toEqual([2, 3]);
	});

	it('that are the execution’s own are recorded and never seen', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		const host = table.hostIn('process 1');
		await clock.run(claimed(host, ['a']));
		const found = await clock.run(claimOnceKeys(host, itemsOf(['a', 'b'], true)));
		expect([...found]).toEqual([]);
		expect([...table.keys].sort()).toEqual(['a', 'b']);
	});

	it('are given back and can be claimed again', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		const host = table.hostIn('process 1');
		await clock.run(claimed(host, ['a', 'b']));
		await clock.run(releaseOnceKeys(host, ['a']));
		expect(table.keys).toEqual(['b']);
		expect(await clock.run(claimed(host, ['a', 'b']))).toEqual(['a']);
	});

	it('stay given back when the store fails right after that', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		const host = table.hostIn('process 1');
		await clock.run(claimed(host, ['a', 'b']));
		const callsBefore = table.calls;
		const failing = async () => {
			// Two calls settle the token, the third one takes the key out.
			while (table.calls < callsBefore + 4) await clock.sleep(1);
			table.outages.push(...Array.from({ length: 9 }, () => new Error('the database is locked')));
		};
		await clock.run(Promise.all([releaseOnceKeys(host, ['a']), failing()]));
		expect(table.keys).toEqual(['b']);
	});

	it('are taken over by one Retry of an execution, not by a second one', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		await clock.run(claimed(table.hostIn('process 1'), ['a']));
		const item = { itemIndex: 0, onceKey: 'a', isOwn: true, takenOverFrom: '7' };
		const retry = async (process: number) =>
			[...(await claimOnceKeys(table.hostIn(`process ${process}`), [item]))].flat();
		const together = await clock.run(Promise.all([2, 3, 4].map(retry)));
		expect(together.filter((found) => found.length === 0)).toHaveLength(1);
		expect(await clock.run(retry(5))).toEqual([0, 'takenOver']);
		const fromAnother = { ...item, takenOverFrom: '8' };
		const other = await clock.run(claimOnceKeys(table.hostIn('process 6'), [fromAnother]));
		expect([...other]).toEqual([]);
	});

	it('ask nothing of the store where none is to be given back', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		await clock.run(releaseOnceKeys(table.hostIn('process 1'), []));
		expect(table.calls).toBe(0);
	});

	it('are claimed by one batch of a process at a time', async () => {
		const table = new DeduplicationTable(clock, SLOW);
		const host = table.hostIn('process 1');
		await clock.run(claimed(host, ['first']));
		const bought = await clock.run(
			Promise.all([
				claimed(host, ['a', 'b']),
				claimed(host, ['b', 'c']),
				releaseOnceKeys(host, ['first']),
			]),
		);
		expect(bought.slice(0, 2)).toEqual([['a', 'b'], ['c']]);
		expect(table.blindWrites).toBe(0);
	});
});

describe('a store that fails', () => {
	const outage = () => new Error('the database is locked');

	it.each([1, 2, 4])('%i times in a row is asked again, and the batch goes on', async (times) => {
		const table = new DeduplicationTable(clock, QUICK);
		table.outages.push(...Array.from({ length: times }, outage));
		expect(await clock.run(claimed(table.hostIn('process 1'), ['a']))).toEqual(['a']);
	});

	it('all the time fails the batch before anything is sent, saying what is wrong', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		table.outages.push(...Array.from({ length: 9 }, outage));
		const error = await clock.run(failureOf(claimed(table.hostIn('process 1'), ['a'])));
		expect(error).toMatchObject({
			message: expect.stringContaining('the database is locked'),
			action: expect.stringMatching(/^Nothing was sent\./),
			details: { outcomeUnknown: false },
		});
	});

	it('does not hold up the next batch of the process', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		const host = table.hostIn('process 1');
		table.outages.push(...Array.from({ length: 5 }, outage));
		const [broken, next] = await clock.run(
			Promise.all([failureOf(claimed(host, ['a'])), claimed(host, ['b'])]),
		);
		expect(broken).toBeInstanceOf(Error);
		expect(next).toEqual(['b']);
	});
});

describe('executions in processes of their own', () => {
	it('that write a node’s first keys at the same moment both go on', async () => {
		const table = new DeduplicationTable(clock, QUICK);
		const bought = await clock.run(
			Promise.all(
				[1, 2].map(
					async (number) => await claimed(table.hostIn(`process ${number}`), [`${number}`]),
				),
			),
		);
		expect(bought).toEqual([['1'], ['2']]);
		expect(table.lostInserts).toBeGreaterThan(0);
		expect([...table.keys].sort()).toEqual(['1', '2']);
	});

	const KEYS = Array.from({ length: 1_000 }, (_, index) => `row-${index}`);
	const BATCHES = 8;
	/** Each key is in two of the batches. */
	const batches = Array.from({ length: BATCHES }, (_, batch) =>
		Array.from({ length: 250 }, (_key, index) => KEYS[(batch * 125 + index) % KEYS.length] ?? ''),
	);

	interface Crowd {
		readonly name: string;
		readonly pace: StorePace;
		/** The batches begin within this time. */
		readonly withinMs: number;
	}

	const CROWDS: readonly Crowd[] = [
		{ name: 'at once, quick store', pace: QUICK, withinMs: 0 },
		{ name: 'one after another, quick store', pace: QUICK, withinMs: 50 },
		{ name: 'at once, slow store', pace: SLOW, withinMs: 0 },
		{ name: 'one after another, slow store', pace: SLOW, withinMs: 5_000 },
		{ name: 'at once, uneven store', pace: UNEVEN, withinMs: 0 },
		{ name: 'one after another, uneven store', pace: UNEVEN, withinMs: 1_000 },
	];
	const ROUNDS = CROWDS.flatMap((crowd) => [1, 2, 3].map((seed) => ({ ...crowd, seed })));

	it.each(ROUNDS)(
		'buy each of 1,000 keys once and forget none: $name (seed $seed)',
		async ({ pace, withinMs, seed }) => {
			useClock(seed);
			const table = new DeduplicationTable(clock, pace);
			const begin = async (keys: readonly string[], batch: number) => {
				await clock.sleep(withinMs * clock.random());
				return await claimed(table.hostIn(`process ${batch}`), keys);
			};
			const bought = (await clock.run(Promise.all(batches.map(begin)))).flat();
			expect(table.blindWrites + table.lostInserts).toBeGreaterThan(0);
			expect(duplicatesIn(bought)).toEqual([]);
			expect(bought.length).toBe(KEYS.length);
			expect([...table.keys].sort()).toEqual([...KEYS].sort());
			expect(await clock.run(claimed(table.hostIn('later'), KEYS))).toEqual([]);
		},
	);
});

describe('keys that a process gives back while others work', () => {
	const PACES = [
		['quick', QUICK],
		['uneven', UNEVEN],
		['slow', SLOW],
	] as const;
	const ROUNDS = PACES.flatMap(([name, pace]) =>
		[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ({ name, pace, seed })),
	);

	/** Processes that claim keys at any time within so many milliseconds, and what each of them may buy. */
	const crowd = (
		table: DeduplicationTable,
		count: number,
		withinMs: number,
		keysOf: (number: number) => readonly string[],
	) =>
		Array.from({ length: count }, async (_, number) => {
			await clock.sleep(withinMs * clock.random());
			return await claimed(table.hostIn(`process ${number + 2}`), keysOf(number));
		});

	it.each(ROUNDS)(
		'stay with whoever has claimed them meanwhile: $name store (seed $seed)',
		async ({ pace, seed }) => {
			useClock(seed);
			const table = new DeduplicationTable(clock, pace);
			const first = table.hostIn('process 1');
			const keys = ['a', 'b', 'c'];
			await clock.run(claimed(first, keys));
			const claims = crowd(table, 12, 12_000, () => keys);
			const [, ...bought] = await clock.run(Promise.all([releaseOnceKeys(first, keys), ...claims]));
			expect(duplicatesIn(bought.flat())).toEqual([]);
			expect([...table.keys].sort()).toEqual(bought.flat().sort());
		},
	);

	it.each(ROUNDS)(
		'are not brought back by a late write: $name store (seed $seed)',
		async ({ pace, seed }) => {
			useClock(seed);
			const table = new DeduplicationTable(clock, pace);
			const first = table.hostIn('process 1');
			await clock.run(claimed(first, ['a', 'b']));
			const others = crowd(table, 6, 4_000, (number) => [`other ${number}`]);
			await clock.run(Promise.all([releaseOnceKeys(first, ['a', 'b']), ...others]));
			expect(table.keys.filter((key) => !key.startsWith('other'))).toEqual([]);
			expect(table.keys).toHaveLength(6);
		},
	);
});

function duplicatesIn(keys: readonly string[]): string[] {
	return keys.filter((key, index) => keys.indexOf(key) !== index);
}
