import { describe, expect, it } from 'vitest';
import { readTranscript } from '../../../nodes/shared/fishspeech/transcriptions.ts';

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
