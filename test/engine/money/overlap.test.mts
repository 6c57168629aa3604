import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeSettings, RunResult, StorePace } from '../../support/engine/index.mts';
import { ENDPOINTS, failureOf, rowsOf, synthesize, useLab } from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';

/** How long a call of the store takes, in milliseconds: to read, and from then on to write. */
const PACES = {
	quick: { read: [1, 5], write: [1, 5] },
	uneven: { read: [1, 60], write: [1, 180] },
	slow: { read: [100, 400], write: [200, 800] },
} as const;

const EXECUTIONS = 8;

const lab = useLab();

const parameters = synthesize({
	text: '={{ $json.key }}',
	delivery: 'url',
	options: { onceKey: '={{ $json.key }}', concurrency: 10 },
});
const itemsOf = (keys: readonly string[]) => keys.map((key) => ({ json: { key } }));
const keysOf = (count: number, name = 'row') =>
	Array.from({ length: count }, (_, index) => `${name} number ${index}`);

/** One execution of the workflow in a process of its own, or in the one that all share. */
async function execution(
	keys: readonly string[],
	{ process, settings }: { process?: number; settings?: NodeSettings } = {},
): Promise<RunResult> {
	const nodeId = process === undefined ? 'node-1' : `node-1@${process}`;
	return await lab.run(NODE, parameters, { items: itemsOf(keys), nodeId, settings });
}

const bought = () => lab.control.charges().map(({ subject }) => subject);
const skipped = (result: RunResult) => rowsOf(result).filter(({ json }) => json.skipped === true);

/** n8n's store on a database that takes its time, in the package's own time. */
function useStore({ read, write }: (typeof PACES)[keyof typeof PACES]): void {
	const { runtime } = lab.engine.runtimeModule();
	const between = ([least, most]: readonly [number, number]) =>
		least + (most - least) * runtime.random();
	const pace: StorePace = {
		read: async () => await runtime.sleep(between(read)),
		write: async () => await runtime.sleep(between(write)),
	};
	lab.engine.deduplication.pace = pace;
}

beforeEach(() => {
	lab.control.setBalances({ apiQuotaRemaining: 10_000_000 });
	lab.engine.deduplication.pace = undefined;
});

describe.each([
	['quick', 200],
	['uneven', 200],
	['slow', 1_000],
] as const)('executions that overlap, on a %s database,', (pace, count) => {
	it(`buy each of ${count} keys once and forget none`, { timeout: 240_000 }, async () => {
		useStore(PACES[pace]);
		const keys = keysOf(count);
		// Each key is in two of eight executions.
		const share = count / EXECUTIONS;
		const results = await Promise.all(
			Array.from({ length: EXECUTIONS }, async (_, process) => {
				const own = keys.map((_key, index) => keys[(index + share * process) % count] ?? '');
				return await execution(own.slice(0, 2 * share), { process });
			}),
		);
		const { races } = lab.engine.deduplication;
		expect(races.lostInserts + races.blindWrites).toBeGreaterThan(0);
		expect(results.map(({ status }) => status)).toEqual(Array(EXECUTIONS).fill('success'));
		expect(bought().sort()).toEqual([...keys].sort());
		expect(results.flatMap(skipped)).toHaveLength(count);

		lab.engine.deduplication.pace = undefined;
		expect(skipped(await execution(keys))).toHaveLength(count);
		expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(count);
	});

	it('buy the same 100 keys once, in one process and in four', async () => {
		useStore(PACES[pace]);
		for (const isOneProcess of [true, false]) {
			const keys = keysOf(100, isOneProcess ? 'shared' : 'apart');
			const before = bought().length;
			await Promise.all(
				[1, 2, 3, 4].map(async (process) => await execution(keys, isOneProcess ? {} : { process })),
			);
			expect(bought().slice(before).sort()).toEqual([...keys].sort());
		}
	});

	it('both go on when they are the first ever to use keys', async () => {
		useStore(PACES[pace]);
		const results = await Promise.all(
			[1, 2, 3].map(async (process) => await execution([`first of ${process}`], { process })),
		);
		expect(results.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		expect(bought()).toHaveLength(3);
	});
});

describe('a key that one of two executions gives back', () => {
	it('is still recorded for the other, and bought by the next execution', async () => {
		useStore(PACES.uneven);
		lab.control.addFaults({
			match: { body: 'refused number 0' },
			do: { kind: 'status', status: 422 },
		});
		const settings = { onError: 'continueRegularOutput' } as const;
		await Promise.all([
			execution(keysOf(3, 'refused'), { process: 1, settings }),
			execution(keysOf(20, 'kept'), { process: 2 }),
		]);
		expect(bought()).toHaveLength(22);
		const again = await execution([...keysOf(3, 'refused'), ...keysOf(20, 'kept')]);
		expect(skipped(again)).toHaveLength(22);
		expect(bought()).toHaveLength(23);
	});
});

describe('a store that stays broken', () => {
	it('fails the batch before anything is sent', async () => {
		const down = async () => {
			throw new Error('the database is locked');
		};
		lab.engine.deduplication.pace = { read: down, write: down };
		const { error, details } = failureOf(await execution(['one']));
		expect(error).toContain('the database is locked');
		expect(details).toMatchObject({ outcomeUnknown: false });
		expect(lab.control.requests()).toEqual([]);
	});
});
