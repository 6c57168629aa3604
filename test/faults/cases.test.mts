import { describe, expect, it } from 'vitest';
import { packageOperations } from '../support/packageOperations.mts';
import { allPairs, PERSISTENCE, SETTINGS, wholeMatrix } from './cases.mts';
import { FAULTS } from './faults.mts';
import { coveredOperations } from './operations.mts';

describe('the fault matrix', () => {
	it('takes every operation of the package', () => {
		expect(coveredOperations()).toEqual(packageOperations());
	});

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
});
