import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FailedTryError, unreadable } from '../../../nodes/shared/api/http/callFailures.ts';
import type { Answer } from '../../../nodes/shared/api/http/exchange.ts';
import type { WireObject } from '../../../nodes/shared/api/wire.ts';
import { readSpeech } from '../../../nodes/shared/fishspeech/speech.ts';

/** An answer with a JSON body, or with media. */
function answerWith(body: WireObject | string, headers: Record<string, string> = {}): Answer {
	const isMedia = typeof body === 'string';
	const refuse = (what: string) => new FailedTryError(unreadable('FishSpeech', what));
	return {
		status: 200,
		headers,
		isEmpty: async () => body === '',
		bodyType: async () => (isMedia ? (body.startsWith('<') ? 'html' : 'media') : 'json'),
		json: async () => (isMedia ? {} : body),
		jsonIfAny: async () => (isMedia ? {} : body),
		anyJson: async () => (isMedia ? undefined : body),
		acknowledged: async () => undefined,
		stream: () => Readable.from([Buffer.from(String(body))]),
		unreadable: refuse,
		lacks: (expected) => refuse(`JSON without ${expected}`),
	};
}

describe('the answer of speech synthesis', () => {
	const stored = async () => 'stored';

	it('is audio, with what its headers say about usage', async () => {
		const answer = answerWith('ID3', {
			'x-openapi-credits-used': '12',
			'x-openapi-quota-remaining': '88',
		});
		expect(await readSpeech(answer, stored)).toEqual({
			type: 'audio',
			stored: 'stored',
			creditsUsed: 12,
			quotaRemaining: 88,
		});
	});

	it('is a URL, of which alone the service is held to', async () => {
		const raw = { audio_url: 'https://x/a.mp3' };
		expect(await readSpeech(answerWith(raw), stored)).toEqual({
			type: 'url',
			audioUrl: 'https://x/a.mp3',
			expiresAt: undefined,
			creditsUsed: undefined,
			quotaRemaining: undefined,
			raw,
		});
	});

	it('is a URL with usage, numbers as strings too', async () => {
		const raw = {
			success: true,
			audio_url: 'https://x/a.mp3',
			credits_used: '12',
			quota_remaining: 987_988,
			expires_at: '2026-01-01T00:00:00Z',
		};
		expect(await readSpeech(answerWith(raw), stored)).toMatchObject({
			creditsUsed: 12,
			quotaRemaining: 987_988,
			expiresAt: '2026-01-01T00:00:00Z',
		});
	});

	it.each([
		['an HTML page', '<html>', 'an HTML page'],
		['JSON without a URL', { success: true }, 'an audio_url'],
	])('is unreadable when it is %s', async (_what, body, message) => {
		await expect(readSpeech(answerWith(body), stored)).rejects.toThrow(message);
	});
});
