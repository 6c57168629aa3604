import { describe, expect, it } from 'vitest';
import { FUZZED_ENDPOINTS } from '../../faults/fuzz/endpoints.mts';
import { growthOf, HOSTILE_SHAPES } from '../../faults/fuzz/growth.mts';

/** `npm run test:faults` takes all endpoints. */
const endpoint = FUZZED_ENDPOINTS.find(({ name }) => name === 'GET /media/lip-sync/jobs');

describe('twice the answer costs at most two and a half times as much time and memory', () => {
	it.each(HOSTILE_SHAPES)('with $name as the answer', { timeout: 120_000 }, async (shape) => {
		if (endpoint === undefined) throw new Error('the endpoint is gone');
		expect(await growthOf(endpoint, shape)).toBeUndefined();
	});

	it.each(HOSTILE_SHAPES)('with $name as an error', { timeout: 120_000 }, async (shape) => {
		if (endpoint === undefined) throw new Error('the endpoint is gone');
		expect(await growthOf(endpoint, shape, 400)).toBeUndefined();
	});
});
