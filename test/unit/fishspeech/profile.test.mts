import { describe, expect, it } from 'vitest';
import { readProfile } from '../../../nodes/shared/fishspeech/profile.ts';

describe('a profile', () => {
	const raw = {
		user_id: 'u',
		tier: 'pro',
		credits: '1200',
		api_quota_remaining: 988_000,
		plan: 'x',
	};

	it('is read from its four fields, and keeps what else came', () => {
		expect(readProfile(raw)).toEqual({
			userId: 'u',
			tier: 'pro',
			credits: 1_200,
			apiQuotaRemaining: 988_000,
			raw,
		});
	});

	it('is read from an envelope too', () => {
		expect(readProfile({ success: true, data: raw })).toEqual(readProfile(raw));
	});

	it.each(['user_id', 'tier', 'credits', 'api_quota_remaining'])(
		'is read without %s, as far as it goes',
		(field) => {
			expect(readProfile({ ...raw, [field]: undefined })).toBeDefined();
			expect(readProfile({ ...raw, [field]: {} })).toBeDefined();
		},
	);

	it.each([
		[null, undefined],
		['unlimited', undefined],
		['988,000', undefined],
		['988000', 988_000],
	])('with a quota of %o has the rest as it is', (api_quota_remaining, expected) => {
		expect(readProfile({ ...raw, api_quota_remaining })).toMatchObject({
			userId: 'u',
			credits: 1_200,
			apiQuotaRemaining: expected,
		});
	});

	it.each([{}, { success: true }, { data: [] }, { name: 'u' }])(
		'is not what has none of its fields: %o',
		(body) => {
			expect(readProfile(body)).toBeUndefined();
		},
	);
});
