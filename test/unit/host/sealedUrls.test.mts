import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openUrls, sealUrls } from '../../../nodes/shared/host/memory/sealedUrls.ts';

const keyOf = (token: string) => createHash('sha256').update(token).digest();
const key = keyOf('token');
const value = {
	jobId: 'task_1',
	audioUrl: 'https://cdn.test/a.mp3?X-Signature=secret',
	nested: [{ url: 'http://cdn.test/b?k=secret' }, 'https://cdn.test/public.mp3', 3, null, true],
};

describe('sealed URLs', () => {
	it('do not show what they open, and come back as they were', () => {
		const sealed = sealUrls(value, key);
		expect(JSON.stringify(sealed)).not.toContain('secret');
		expect(JSON.stringify(sealed)).not.toContain('cdn.test/a.mp3');
		expect(openUrls(sealed, key)).toEqual(value);
	});

	it('are sealed only where they carry a query', () => {
		const sealed = sealUrls(value, key);
		expect(sealed.jobId).toBe('task_1');
		expect(sealed.nested[1]).toBe('https://cdn.test/public.mp3');
		expect(sealUrls('See https://cdn.test/a?b', key)).toBe('See https://cdn.test/a?b');
	});

	it('come back beside a text that looks like one of them', () => {
		const transcript = { text: 'sealed: the deal of the year', url: value.audioUrl };
		expect(openUrls(sealUrls(transcript, key), key)).toEqual(transcript);
	});

	it('look different each time', () => {
		expect(sealUrls(value, key).audioUrl).not.toBe(sealUrls(value, key).audioUrl);
	});

	it('survive being stored as JSON', () => {
		expect(openUrls(JSON.parse(JSON.stringify(sealUrls(value, key))), key)).toEqual(value);
	});

	it('leave the value that was handed over alone', () => {
		const before = structuredClone(value);
		sealUrls(value, key);
		expect(value).toEqual(before);
	});

	it('cannot be opened with another token', () => {
		expect(openUrls(sealUrls(value, key), keyOf('other'))).toBeUndefined();
	});

	it.each([
		[
			'changed',
			(sealed: string) =>
				`${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`,
		],
		['cut', (sealed: string) => sealed.slice(0, 24)],
		['emptied', () => 'sealed:'],
	])('cannot be opened once they were %s', (_how, change) => {
		const sealed = sealUrls({ url: value.audioUrl }, key);
		expect(openUrls({ url: change(sealed.url) }, key)).toBeUndefined();
	});

	it('may be of nothing', () => {
		expect(openUrls(sealUrls(undefined, key), key)).toBeUndefined();
		expect(openUrls(sealUrls({}, key), key)).toEqual({});
	});
});
