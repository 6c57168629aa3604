import { describe, expect, it } from 'vitest';
import { durationText } from '../../../nodes/shared/api/durationText.ts';

describe('a duration in a message', () => {
	it.each([
		[1_000, '1 second'],
		[2_000, '2 seconds'],
		[2_500, '2.5 seconds'],
		[500, '0.5 seconds'],
	])('of %i ms is %s', (durationMs, text) => expect(durationText(durationMs)).toBe(text));
});
