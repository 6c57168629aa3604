import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { bodyType } from '../../../nodes/shared/api/http/audioType.ts';
import type { Answer } from '../../../nodes/shared/api/http/exchange.ts';
import { FailedTryError, unreadable } from '../../../nodes/shared/api/http/callFailures.ts';
import type { WireObject } from '../../../nodes/shared/api/endpoints/readers.ts';
import { readSpeech } from '../../../nodes/shared/api/endpoints/speech.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('what a 2xx body is', () => {
	it.each([
		['MP3 with a tag', 'audio/mpeg', 'ID3\x04', 'media'],
		['MP3 without one', 'audio/mpeg', '\xff\xfb\x90', 'media'],
		['WAV', 'audio/wav', 'RIFF....WAVE', 'media'],
		['Ogg', 'application/octet-stream', 'OggS', 'media'],
		['FLAC', undefined, 'fLaC', 'media'],
		['MP4', 'video/mp4', '\0\0\0\x18ftypmp42', 'media'],
		['WebM', 'video/webm', '\x1aE\xdf\xa3', 'media'],
		['media that are called JSON', 'application/json', 'ID3\x04', 'media'],
		['media that are called HTML', 'text/html', 'RIFF', 'media'],
		['raw samples by their type', 'audio/pcm', '\0\x01\0\x02', 'media'],
		['bytes of no type', undefined, '\0\x01\0\x02', 'media'],
		['nothing that is called audio', 'audio/mpeg', '', 'media'],
		['JSON', 'application/json; charset=utf-8', '{"a":1}', 'json'],
		['JSON of a vendor', 'application/vnd.api+json', '{"a":1}', 'json'],
		['JSON that is called audio', 'audio/mpeg', '{"error":"no"}', 'json'],
		['JSON that is called text', 'text/plain', '  \n{"a":1}', 'json'],
		[
			'JSON after a byte order mark and a line break',
			'text/plain',
			'\xef\xbb\xbf\n{"a":1}',
			'json',
		],
		['JSON right after a byte order mark', 'text/plain', '\xef\xbb\xbf{"a":1}', 'json'],
		['nothing that is called JSON', 'application/json', '', 'json'],
		['HTML', 'text/html', '<!doctype html>', 'html'],
		['HTML that is called audio', 'audio/mpeg', ' <html>', 'html'],
		['XML that is called audio', 'audio/mpeg', '<?xml version="1.0"?>', 'html'],
		['nothing that is called HTML', 'text/html', '', 'html'],
		['text', 'text/plain', 'Bad Gateway', 'other'],
		['a picture', 'image/png', '\x89PNG', 'other'],
	])('%s', (_what, contentType, first, expected) => {
		expect(bodyType(contentType, latin1(first))).toBe(expected);
	});
});

/** An answer with a JSON body, or with media. */
function answerWith(body: WireObject | string, headers: Record<string, string> = {}): Answer {
	const isMedia = typeof body === 'string';
	const refuse = (what: string) => new FailedTryError(unreadable('FishSpeech', what));
	return {
		status: 200,
		headers,
		bodyType: async () => (isMedia ? (body.startsWith('<') ? 'html' : 'media') : 'json'),
		json: async () => (isMedia ? {} : body),
		jsonIfAny: async () => (isMedia ? {} : body),
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
