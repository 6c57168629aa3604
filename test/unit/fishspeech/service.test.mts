import { describe, expect, it } from 'vitest';
import { failure } from '../../../nodes/shared/api/errors.ts';
import { ACTIONS } from '../../../nodes/shared/api/reasons.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';

const { actions = {} } = fishSpeech;

describe('what FishSpeech says in its own words', () => {
	it('are sentences in the place of others, and never say "canceled"', () => {
		for (const [reason, sentence] of Object.entries(actions)) {
			expect(ACTIONS).toHaveProperty(reason);
			expect(sentence).toMatch(/^[A-Z].*\.$/);
			expect(sentence).not.toMatch(/canceled/i);
		}
	});

	it('sends to the balance where a call may have been charged', () => {
		const { action } = failure('timeout', 'x', { outcomeUnknown: true, actions });
		expect(action).toMatch(/^This call may have been charged.*Compare the balance/);
		expect(action).toContain(ACTIONS.timeout);
	});
});
