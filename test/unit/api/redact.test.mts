import { describe, expect, it } from 'vitest';
import {
	cleanServerMessage,
	maskSecrets,
	maskSecretsDeep,
} from '../../../nodes/shared/api/redact.ts';

const token = { value: 'fs_live_0123456789', label: '[token]' };
const text = {
	value: 'Dear subscribers, this week we look at the private life of lighthouses.',
	label: '[text]',
};

describe('masking', () => {
	it('replaces every occurrence of every secret', () => {
		expect(
			maskSecrets(`${token.value} and "${text.value}" and ${token.value}`, [token, text]),
		).toBe('[token] and "[text]" and [token]');
	});

	it('puts the label of its secret in the place of each run', () => {
		const key = { value: 'a-key-that-is-longer-than-the-shortest-run', label: '[key]' };
		const message = `${key.value.slice(3)}: ${text.value.slice(0, 40)}, ${token.value}`;
		expect(maskSecrets(message, [text, token, key])).toBe('[key]: [text], [token]');
	});

	it('replaces a run of a long secret that the server echoed cut', () => {
		expect(maskSecrets(`Cannot speak "${text.value.slice(5, 45)}…"`, [text])).toBe(
			'Cannot speak "[text]…"',
		);
	});

	it('replaces several runs, the longest each', () => {
		const message = `${text.value.slice(0, 30)}|${text.value.slice(30)}`;
		expect(maskSecrets(message, [text])).toBe('[text]|[text]');
	});

	it('takes the longest run, wherever in the secret it begins a second time', () => {
		const value = 'Once upon a time in a small town. Once upon a time in a small village.';
		const message = 'Cannot speak "Once upon a time in a small village."';
		expect(maskSecrets(message, [{ value, label: '[text]' }])).toBe('Cannot speak "[text]"');
	});

	it('replaces most of a book', () => {
		const value = Array.from({ length: 20_000 }, (_, index) => `word${index}`).join(' ');
		expect(maskSecrets(`${value.slice(0, 150_000)}…`, [{ value, label: '[text]' }])).toBe(
			'[text]…',
		);
	});

	it('leaves short coincidences alone', () => {
		expect(maskSecrets('this week we look at it', [text])).toBe('this week we look at it');
	});

	it.each(['', 'a', 'ok'])('leaves a message whole whose secret is only "%s"', (value) => {
		expect(maskSecrets('ok, a message', [{ value, label: '[text]' }])).toBe('ok, a message');
	});

	it('reaches every string of a value, keys included, and nothing else', () => {
		const sent = {
			[text.value]: 1,
			list: [text.value, 2, null, { deep: `x ${token.value}` }],
			flag: true,
		};
		expect(maskSecretsDeep(sent, [token, text])).toEqual({
			'[text]': 1,
			list: ['[text]', 2, null, { deep: 'x [token]' }],
			flag: true,
		});
	});

	it('hands a value on as it is when there is nothing to mask', () => {
		const sent = { a: 'b' };
		expect(maskSecretsDeep(sent, [])).toBe(sent);
	});
});

describe('a server’s message', () => {
	it.each([
		['is cut to 300 characters', 'x'.repeat(1_000), 'x'.repeat(300)],
		['loses line breaks and control characters', 'a\r\n\tb\u0000c\u009bd', 'a b c d'],
		[
			'loses query strings',
			'cannot fetch https://cdn.test/a.mp3?X-Sig=abc&e=1 now',
			'cannot fetch https://cdn.test/a.mp3?[query] now',
		],
		[
			'loses fragments of URLs',
			'see HTTP://cdn.test/a#token=1, please',
			'see HTTP://cdn.test/a?[query] please',
		],
		['keeps a question', 'Is it a voice? Perhaps.', 'Is it a voice? Perhaps.'],
		['never says "canceled"', 'Job Canceled; was canceled', 'Job cancelled; was cancelled'],
		['is trimmed', '  hello  world ', 'hello world'],
		['may be empty', ' \n ', ''],
	])('%s', (_what, message, expected) => {
		expect(cleanServerMessage(message, [])).toBe(expected);
	});

	it('is masked before it is cut, so that no half of a secret is left', () => {
		const cleaned = cleanServerMessage(`${'x'.repeat(290)} ${token.value}`, [token]);
		expect(cleaned).toBe(`${'x'.repeat(290)} [token]`);
	});

	it('is never cut within a token before that', () => {
		const long = { value: 'lorem ipsum '.repeat(99), label: '[text]' };
		const cleaned = cleanServerMessage(`${long.value}${token.value} and so on`, [token, long]);
		expect(cleaned).toMatch(/^\[text\]\s*$/);
	});

	it('of megabytes is cleaned', () => {
		const long = { value: 'lorem ipsum '.repeat(10_000), label: '[text]' };
		expect(cleanServerMessage(long.value.repeat(4), [long]).length).toBeLessThanOrEqual(300);
	});
});
