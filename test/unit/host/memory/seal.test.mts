import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from '../../../../nodes/shared/host/memory/seal.ts';

const keyOf = (token: string) => createHash('sha256').update(token).digest();
const key = keyOf('token');
const text = JSON.stringify({ url: 'https://cdn.test/a.mp3?X-Signature=secret', note: 'ünï' });

describe('a sealed text', () => {
	it('does not show what it holds, and comes back as it was', () => {
		const sealed = seal(text, key);
		expect(sealed).toMatch(/^[\w-]+$/);
		expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('secret');
		expect(unseal(sealed, key)).toBe(text);
	});

	it('is another one each time', () => {
		expect(seal(text, key)).not.toBe(seal(text, key));
	});

	it('opens with no other key', () => {
		expect(unseal(seal(text, key), keyOf('another token'))).toBeUndefined();
	});

	it.each([
		[
			'changed',
			(sealed: string) =>
				`${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`,
		],
		['cut', (sealed: string) => sealed.slice(0, -8)],
		['emptied', () => ''],
		['replaced by something else', () => 'not sealed at all'],
	])('does not open once it was %s', (_how, change) => {
		expect(unseal(change(seal(text, key)), key)).toBeUndefined();
	});
});
