import { describe, expect, it } from 'vitest';
import { allPairs, PERSISTENCE, SETTINGS, slice, wholeMatrix } from '../faults/cases.mts';
import { FAULTS } from '../faults/faults.mts';
import { describeReport, runMatrix } from '../faults/matrix.mts';

/** Of the cases that bring all pairs together, one in so many; `npm run test:faults` runs them all. */
const ONE_IN = 7;

describe('the fault matrix', () => {
	it('brings every pair of operation, fault, setting and persistence together', () => {
		const cases = allPairs();
		const pairs = (a: (one: (typeof cases)[number]) => string, b: typeof a) =>
			new Set(cases.map((one) => `${a(one)}|${b(one)}`)).size;
		const spots = new Set(cases.map(({ operation, phase }) => operation.name + phase.when)).size;
		const spot: Parameters<typeof pairs>[0] = ({ operation, phase }) => operation.name + phase.when;
		const fault: typeof spot = (one) => one.fault.name;
		const setting: typeof spot = (one) => one.setting.name;
		const times: typeof spot = (one) => String(one.times);
		expect(pairs(spot, fault)).toBe(spots * FAULTS.length);
		expect(pairs(spot, setting)).toBe(spots * SETTINGS.length);
		expect(pairs(spot, times)).toBe(spots * PERSISTENCE.length);
		expect(pairs(fault, setting)).toBe(FAULTS.length * SETTINGS.length);
		expect(pairs(fault, times)).toBe(FAULTS.length * PERSISTENCE.length);
		expect(pairs(setting, times)).toBe(SETTINGS.length * PERSISTENCE.length);
		expect(wholeMatrix().length).toBeGreaterThan(3_000);
	});

	it('holds all six invariants in a slice of it', { timeout: 300_000 }, async () => {
		const report = await runMatrix(slice(allPairs(), ONE_IN));
		console.log(describeReport(report));
		expect(report.broken).toEqual([]);
	});
});
