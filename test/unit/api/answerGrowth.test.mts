import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../faults/fuzz/endpoints.mts';
import { growthOf, HOSTILE_SHAPES } from '../../faults/fuzz/growth.mts';

/** One endpoint for each way of reading an answer; `npm run test:faults` takes all of them. */
const NAMES = ['GET /speech/tts/jobs/{taskId}', 'POST /speech/transcriptions', 'GET /voices', 'GET /media/lip-sync/jobs'];
const endpoints = ENDPOINTS.filter(({ name }) => NAMES.includes(name));

describe('twice the answer costs at most two and a half times as much time and memory', () => {
	it('is tried on endpoints that exist', () => {
		expect(endpoints).toHaveLength(NAMES.length);
	});

	describe.each(HOSTILE_SHAPES)('with $name', (shape) => {
		it.each(endpoints)('as the answer of $name', { timeout: 60_000 }, async (endpoint) => {
			expect(await growthOf(endpoint, shape)).toBeUndefined();
		});
	});

	it.each(HOSTILE_SHAPES)('with $name as an error', { timeout: 60_000 }, async (shape) => {
		const [endpoint] = endpoints;
		expect(endpoint && (await growthOf(endpoint, shape, 400))).toBeUndefined();
	});
});
