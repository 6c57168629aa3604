import { afterEach, describe, expect, it } from 'vitest';
import { createdMsOf } from '../../../nodes/FishSpeechTrigger/jobOrder.ts';
import type { Job } from '../../../nodes/shared/api/job.ts';
import { activate, finishedJobs, job, LATER_MS, pollList } from './jobLists.mts';

const oldestFirst = (jobs: readonly Job[]) => [...jobs].reverse();
/** Neither by date nor against it. */
const unordered = (jobs: readonly Job[]) =>
	[...jobs]
		.sort((first, second) => first.jobId.length - second.jobId.length || 0)
		.sort((a, b) => a.jobId.slice(-1).localeCompare(b.jobId.slice(-1)));
const withoutDates = (jobs: readonly Job[]) =>
	jobs.map((known) => ({ ...known, createdAt: undefined }));

const orders: Array<[string, (jobs: readonly Job[]) => readonly Job[]]> = [
	['newest first', (jobs) => jobs],
	['oldest first', oldestFirst],
	['unordered', unordered],
	['without dates', withoutDates],
	['without dates, oldest first', (jobs) => withoutDates(oldestFirst(jobs))],
];

describe.each(orders)('a list %s', (_name, arranged) => {
	it('fires nothing at activation, however long it is', () => {
		const list = arranged(finishedJobs(1_300));
		let poll = pollList(undefined, list);
		for (let polls = 0; polls < 5; polls++) {
			expect(poll.fired).toEqual([]);
			expect(poll.pages.length).toBeLessThanOrEqual(20);
			poll = pollList(poll.state, list);
		}
		expect(poll.state.isWhole).toBe(true);
	});

	it('fires a job once that was created and has finished between two polls', () => {
		const before = finishedJobs(120);
		const after = arranged([job('new', 'succeeded', 500), ...before]);
		const first = pollList(activate(arranged(before)), after);
		expect(first.fired).toEqual(['new']);
		const second = pollList(first.state, after);
		expect(second.fired).toEqual([]);
		expect(pollList(second.state, after).fired).toEqual([]);
	});

	it('fires a job that was running at activation when it finishes', () => {
		const list = (state: Job['state']) => arranged([job('slow', state, 500), ...finishedJobs(60)]);
		const running = pollList(activate(list('running')), list('running'));
		expect(running.fired).toEqual([]);
		const done = pollList(running.state, list('failed'));
		expect(done.fired).toEqual(['slow']);
		expect(pollList(done.state, list('failed')).fired).toEqual([]);
	});

	it('fires all of a long outage, over as many polls as it takes', () => {
		const before = finishedJobs(30);
		const missed = finishedJobs(2_500, { prefix: 'missed', fromMinutes: 1_000 });
		const list = arranged([...missed, ...before]);
		const fired: string[] = [];
		let state = activate(arranged(before));
		for (let polls = 0; polls < 8; polls++) {
			const poll = pollList(state, list, { isCounted: false });
			expect(poll.pages.length).toBeLessThanOrEqual(20);
			fired.push(...poll.fired);
			({ state } = poll);
		}
		expect(new Set(fired).size).toBe(2_500);
		expect(fired).toHaveLength(2_500);
		expect(fired.every((jobId) => jobId.startsWith('missed'))).toBe(true);
	});

	it('begins with an empty account, and fires its first job', () => {
		const state = activate([]);
		expect(pollList(state, arranged([job('first', 'succeeded', 1)])).fired).toEqual(['first']);
	});
});

describe('a list that begins with its newest job', () => {
	it('costs one page when nothing is new', () => {
		const list = finishedJobs(10_000);
		const first = pollList(undefined, list);
		expect(first.pages).toEqual([1]);
		expect(pollList(first.state, list)).toMatchObject({ pages: [1], asked: [], fired: [] });
	});

	it('is read as far as it is new, and one page more', () => {
		const before = finishedJobs(10_000);
		const list = [...finishedJobs(120, { prefix: 'new', fromMinutes: 20_000 }), ...before];
		const poll = pollList(activate(before), list);
		expect(poll.pages).toEqual([1, 2, 3]);
		expect(poll.fired).toHaveLength(120);
		expect(poll.fired[0]).toBe('new0');
	});

	it('goes on where the last poll had to stop, though newer jobs have moved everything down', () => {
		const before = finishedJobs(100);
		const missed = finishedJobs(400, { prefix: 'missed', fromMinutes: 1_000 });
		const cut = pollList(activate(before), [...missed, ...before], { hasTimeFor: 3 });
		expect(cut.fired).toHaveLength(150);
		const newer = finishedJobs(110, { prefix: 'newer', fromMinutes: 2_000 });
		const rest = pollList(cut.state, [...newer, ...missed, ...before]);
		expect(rest.fired).toHaveLength(250 + 110);
		expect(rest.state.nextPage).toBeUndefined();
	});

	it('tells jobs of the same moment apart by their IDs', () => {
		const twins = Array.from({ length: 80 }, (_, index) => job(`twin${index}`, 'succeeded', 200));
		const list = [...twins, ...finishedJobs(100)];
		const state = activate(list);
		expect(pollList(state, list).fired).toEqual([]);
		const one = pollList(state, [job('late twin', 'succeeded', 200), ...list]);
		expect(one.fired).toEqual(['late twin']);
	});

	it('goes on early enough, should jobs have left the list since', () => {
		const before = finishedJobs(100);
		const missed = finishedJobs(400, { prefix: 'missed', fromMinutes: 1_000 });
		const cut = pollList(activate(before), [...missed, ...before], { hasTimeFor: 3 });
		const rest = pollList(cut.state, [...missed.slice(40), ...before]);
		expect(rest.fired).toHaveLength(250);
	});

	it('fires a job that appears up to ten minutes late, behind younger ones', () => {
		const young = [job('young', 'succeeded', 105), ...finishedJobs(10)];
		let state = activate(finishedJobs(10));
		for (let polls = 0; polls < 3; polls++) ({ state } = pollList(state, young));
		const late = [job('late', 'succeeded', 96), job('too late', 'succeeded', 94)];
		expect(pollList(state, [...young.slice(0, 1), ...late, ...young.slice(1)]).fired).toEqual([
			'late',
		]);
	});

	it('is read at activation as far as jobs are running', () => {
		const running = Array.from({ length: 120 }, (_, index) =>
			job(`slow${index}`, 'running', 2_000 - index),
		);
		const first = pollList(undefined, [...running, ...finishedJobs(500)]);
		expect(first.pages).toEqual([1, 2, 3, 4]);
		expect(first.state.unfinished).toHaveLength(120);
	});
});

it('a job that was added to pages already read is found in the next round, however long this one took', () => {
	const list = [...unordered(finishedJobs(2_500))];
	let state = activate(list);
	// The round ends at its third poll.
	({ state } = pollList(state, list));
	list.splice(70, 0, job('passed', 'succeeded', 5_000));
	list.push(job('at the end', 'succeeded', 5_060));
	const fired: string[] = [];
	for (let polls = 0; polls < 6; polls++) {
		const poll = pollList(state, list);
		fired.push(...poll.fired);
		({ state } = poll);
	}
	expect(fired.sort()).toEqual(['at the end', 'passed']);
});

describe('jobs that are still running', () => {
	it('are looked up by ID once the list does not show them any more, and fire from page 400', () => {
		const running = pollList(activate([]), [job('slow', 'running', 1)]);
		const newer = finishedJobs(20_000, { fromMinutes: 2 });
		let { state } = running;
		for (let polls = 0; polls < 25; polls++)
			({ state } = pollList(state, [...newer, job('slow', 'running', 1)]));
		const done = pollList(state, [...newer, job('slow', 'succeeded', 1)]);
		expect(done).toMatchObject({ pages: [1], asked: ['slow'], fired: ['slow'] });
	});

	it('are asked for in turn, at most twenty a poll, the longest unasked first', () => {
		const slow = Array.from({ length: 45 }, (_, index) => job(`slow${index}`, 'running', 1));
		const seen = pollList(activate([]), slow, { nowMs: 1 });
		const list = [...finishedJobs(60, { fromMinutes: 2 }), ...slow];
		let state = pollList(seen.state, list.slice(0, 60), { nowMs: 2 }).state;
		// Forgotten by the service: those that were asked for while the list was short.
		expect(state.unfinished).toHaveLength(25);
		const first = pollList(state, list, { nowMs: 3 });
		expect(first.asked).toHaveLength(20);
		({ state } = first);
		const second = pollList(state, list, { nowMs: 4 });
		expect(second.asked.slice(0, 5).some((jobId) => first.asked.includes(jobId))).toBe(false);
	});

	it('all have their turn though the clock goes back by an hour', () => {
		const slow = Array.from({ length: 30 }, (_, index) => job(`slow${index}`, 'running', 1));
		const list = [...finishedJobs(60, { fromMinutes: 2 }), ...slow];
		let { state } = pollList(activate([]), list, { nowMs: LATER_MS });
		const asked = new Set<string>();
		for (let polls = 0; polls < 3; polls++) {
			const poll = pollList(state, list, { nowMs: LATER_MS - 3_600_000 + polls });
			for (const jobId of poll.asked) asked.add(jobId);
			({ state } = poll);
		}
		expect(asked.size).toBe(30);
	});

	it('are forgotten when the service does not know them any more', () => {
		const seen = pollList(activate([]), [job('gone', 'running', 1)]);
		const gone = pollList(seen.state, finishedJobs(3, { fromMinutes: 2 }));
		expect(gone.asked).toEqual(['gone']);
		expect(gone.state.unfinished).toEqual([]);
	});

	it('are remembered up to 500', () => {
		const many = Array.from({ length: 700 }, (_, index) => job(`slow${index}`, 'running', 1));
		expect(pollList(activate([]), many).state.unfinished).toHaveLength(500);
	});
});

describe('a job that is dated ahead', () => {
	const MINUTES_TO_NOW = (LATER_MS - Date.UTC(2026, 0, 1)) / 60_000;

	it.each([
		['two hours', 120],
		['seventy years', 70 * 365 * 24 * 60],
	])('by %s hides none of those that come after it', (_, aheadMinutes) => {
		const ahead = job('ahead', 'succeeded', MINUTES_TO_NOW + aheadMinutes);
		let list = finishedJobs(60, { fromMinutes: MINUTES_TO_NOW - 1_000 });
		let { state } = pollList(activate(list), [ahead, ...list]);
		const fired: string[] = [];
		for (let minute = 1; minute <= 30; minute++) {
			list = [job(`new${minute}`, 'succeeded', MINUTES_TO_NOW + minute), ...list];
			const poll = pollList(state, [ahead, ...list], { nowMs: LATER_MS + minute * 60_000 });
			fired.push(...poll.fired);
			({ state } = poll);
		}
		expect(fired).toEqual(Array.from({ length: 30 }, (_none, index) => `new${index + 1}`));
	});

	it('hides nothing in a list that takes several polls, whatever the time between them', () => {
		const old = finishedJobs(2_500, { fromMinutes: MINUTES_TO_NOW - 3_000 }).reverse();
		const ahead = job('ahead', 'succeeded', MINUTES_TO_NOW + 10_000_000);
		const list = [ahead, ...old];
		let state = activate(list);
		const fired: string[] = [];
		for (let poll = 1; poll <= 24; poll++) {
			const nowMinutes = MINUTES_TO_NOW + 6 * poll;
			if (poll <= 12) list.push(job(`new${poll}`, 'succeeded', nowMinutes - 1));
			const nowMs = LATER_MS + 6 * poll * 60_000;
			const result = pollList(state, list, { nowMs, isCounted: false });
			fired.push(...result.fired);
			({ state } = result);
		}
		expect([...fired].sort()).toEqual(
			Array.from({ length: 12 }, (_none, index) => `new${index + 1}`).sort(),
		);
	});

	it('is not news when it was there at activation, nor are the jobs around it', () => {
		const ahead = job('ahead', 'succeeded', MINUTES_TO_NOW + 120);
		const list = [ahead, ...finishedJobs(60, { fromMinutes: MINUTES_TO_NOW - 58 })];
		const { state } = pollList(activate(list), list);
		expect(pollList(state, list).fired).toEqual([]);
		const next = job('new', 'succeeded', MINUTES_TO_NOW + 3);
		expect(pollList(state, [ahead, next, ...list.slice(1)]).fired).toEqual(['new']);
	});
});

describe('a date without a time zone', () => {
	const { TZ } = process.env;
	afterEach(() => {
		if (TZ === undefined) delete process.env.TZ;
		else process.env.TZ = TZ;
	});

	it.each([
		['2026-03-29T02:55:00', Date.UTC(2026, 2, 29, 2, 55)],
		['2026-03-29 03:20:00.5', Date.UTC(2026, 2, 29, 3, 20, 0, 500)],
		['2026-03-29T03:20', Date.UTC(2026, 2, 29, 3, 20)],
		['2026-03-29T03:20:00+02:00', Date.UTC(2026, 2, 29, 1, 20)],
		['2026-03-29T03:20:00Z', Date.UTC(2026, 2, 29, 3, 20)],
	])('is that of the service, not of n8n: %s', (createdAt, createdMs) => {
		process.env.TZ = 'Europe/Berlin';
		expect(createdMsOf({ ...job('one', 'succeeded'), createdAt })).toBe(createdMs);
	});
});

describe('a state that n8n has rolled back', () => {
	it('finds again what was found since, and nothing older', () => {
		const before = finishedJobs(60);
		const atActivation = activate(before);
		const list = [job('new', 'succeeded', 500), ...before];
		expect(pollList(atActivation, list).fired).toEqual(['new']);
		expect(pollList(atActivation, list).fired).toEqual(['new']);
	});
});

it('a list without dates that is too long for the memory ends with an error', () => {
	const list = withoutDates(finishedJobs(10_060));
	let { state } = pollList(undefined, list);
	const goOn = () => {
		for (let polls = 0; polls < 20; polls++) ({ state } = pollList(state, list));
	};
	expect(goOn).toThrow('more than 10000 jobs without a date');
});

it('the remembered IDs stay below 100 KB', () => {
	const list = withoutDates(finishedJobs(9_900));
	expect(JSON.stringify(activate(list)).length).toBeLessThan(100_000);
});
