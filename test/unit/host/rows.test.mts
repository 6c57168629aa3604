import { describe, expect, it } from 'vitest';
import { withOtherFields } from '../../../nodes/shared/host/rows.ts';

describe('the other fields of a row', () => {
	it('follow in camelCase; known ones win and consumed ones are gone', () => {
		expect(
			withOtherFields({ userId: 'u' }, { user_id: 'wire', userId: 'other', plan_name: 'p' }, [
				'user_id',
			]),
		).toEqual({ userId: 'u', planName: 'p' });
	});

	it('never contain an "error", which n8n takes for a failed row', () => {
		expect(withOtherFields({ id: 1 }, { error: 'bad' }, [])).toEqual({ id: 1, failure: 'bad' });
		expect(withOtherFields({ id: 1 }, { _error: 'bad' }, [])).toEqual({ id: 1, failure: 'bad' });
	});
});
