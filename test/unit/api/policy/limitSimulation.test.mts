import { describe, expect, it } from 'vitest';
import { DESIGNS } from './limitDesigns.mts';
import { ONE_PROCESS, OTHERS, TWO_PROCESSES, type Scenario } from './limitScenarios.mts';
import { longestWaitOfMedian, type Outcome } from './limitSimulation.mts';

type Design = keyof typeof DESIGNS;

interface Figures {
	readonly requestsPerItem: number;
	readonly ofIdealTime: number;
	readonly longestWait: number;
	/** Of all seeds. */
	readonly failedItems: number;
}

const SEEDS = Array.from({ length: 21 }, (_, index) => index + 1);
const played = new Map<string, Figures>();

/** The medians of a design in a scenario over all seeds; each is played once. */
function play(scenario: Scenario, design: Design = 'chosen'): Figures {
	const key = `${scenario.name} ${design}`;
	const known = played.get(key);
	if (known !== undefined) return known;
	const outcomes = SEEDS.map((seed) =>
		DESIGNS[design]({ ...scenario, server: scenario.server(), seed }),
	);
	const medianOf = (figure: (outcome: Outcome) => number) => median(outcomes.map(figure));
	const figures = {
		requestsPerItem: medianOf(({ requests }) => requests / scenario.items),
		ofIdealTime: medianOf(({ endedMs }) => endedMs / scenario.idealMs),
		longestWait: medianOf((outcome) => longestWaitOfMedian(outcome, scenario)),
		failedItems: outcomes.flatMap(({ items }) => items).filter(({ hasFailed }) => hasFailed).length,
	};
	played.set(key, figures);
	return figures;
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

describe('a batch of 200 items, 20 at once, against 20 calls a second', () => {
	it.each(ONE_PROCESS)('costs at most 1.12 requests an item: $name', (scenario) => {
		const { requestsPerItem, failedItems } = play(scenario);
		expect(failedItems).toBe(0);
		expect(requestsPerItem).toBeLessThanOrEqual(1.12);
	});

	it.each(ONE_PROCESS.slice(0, 2))(
		'takes at most 1.06 times as long as it would if the limit were known: $name',
		(scenario) => {
			expect(play(scenario).ofIdealTime).toBeLessThanOrEqual(1.06);
		},
	);

	it.each(TWO_PROCESSES)(
		'costs at most 1.30 requests an item and 1.12 times the time: $name',
		(scenario) => {
			const { requestsPerItem, ofIdealTime, failedItems } = play(scenario);
			expect(failedItems).toBe(0);
			expect(requestsPerItem).toBeLessThanOrEqual(1.3);
			expect(ofIdealTime).toBeLessThanOrEqual(1.12);
		},
	);
});

describe('whatever the limit', () => {
	it.each(OTHERS)('no item fails: $name', (scenario) => {
		expect(play(scenario).failedItems).toBe(0);
	});

	it.each([...ONE_PROCESS, ...TWO_PROCESSES])(
		'no item waits more than twice as long as the median of those started with it: $name',
		(scenario) => {
			expect(play(scenario).longestWait).toBeLessThanOrEqual(2);
		},
	);

	// Two closures in a row, which nobody can rule out here, are two seconds beside a median of one.
	it.each(OTHERS)(
		'no item waits three times as long as those started with it: $name',
		(scenario) => {
			expect(play(scenario).longestWait).toBeLessThan(2.5);
		},
	);

	it.each([...ONE_PROCESS, ...TWO_PROCESSES, ...OTHERS])(
		'the chosen design sends no more than the others, but for one in a hundred: $name',
		(scenario) => {
			const chosen = play(scenario).requestsPerItem;
			for (const design of ['halving', 'numberAlone', 'paceAlone'] as const)
				expect(chosen, design).toBeLessThanOrEqual(play(scenario, design).requestsPerItem + 0.01);
		},
	);
});
