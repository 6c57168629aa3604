import { describe, expect, it } from 'vitest';
import { readProfile } from '../../../nodes/shared/api/endpoints/profile.ts';
import { readTranscript } from '../../../nodes/shared/api/endpoints/transcripts.ts';

describe('a transcript', () => {
	it('is read with its usage, numbers as strings too', () => {
		const raw = {
			text: 'Hello',
			duration: '12.4',
			language: 'en',
			segments: [{ start: 0 }],
			credits_used: 13,
			quota_remaining: '987987',
		};
		expect(readTranscript(raw)).toEqual({
			text: 'Hello',
			durationSeconds: 12.4,
			language: 'en',
			segments: [{ start: 0 }],
			creditsUsed: 13,
			quotaRemaining: 987_987,
			raw,
		});
	});

	it('may be of silence', () => {
		expect(readTranscript({ text: '' })?.text).toBe('');
	});

	it.each([[{}], [{ text: null }], [{ text: 7 }], [{ segments: [] }]])(
		'is none without a text: %o',
		(raw) => {
			expect(readTranscript(raw)).toBeUndefined();
		},
	);
});

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

	it.each(['user_id', 'tier', 'credits', 'api_quota_remaining'])('is none without %s', (field) => {
		expect(readProfile({ ...raw, [field]: undefined })).toBeUndefined();
		expect(readProfile({ ...raw, [field]: {} })).toBeUndefined();
	});
});
