import { describe, expect, it } from 'vitest';
import { cleanServerMessage, maskSecretsDeep } from '../../../nodes/shared/api/redact.ts';
import {
	maskSignedUrls,
	querySecrets,
	signedUrlSecrets,
} from '../../../nodes/shared/host/signedUrls.ts';

const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
const payload = Buffer.from('{"id":"filesystem-v2:x/y","iat":1,"exp":2}').toString('base64url');
const token = `${header}.${payload}.c2lnbmF0dXJlLW9mLTMyLWJ5dGVzLWluLWFsbC0h`;
const signed = `https://n8n.example.org/rest/binary-data/signed?token=${token}`;
const label = '[signed n8n URL]';

describe('signedUrlSecrets', () => {
	it.each([
		['the URL', `cannot read ${signed}.`, `cannot read ${label}.`],
		['the token alone', `token ${token} has expired`, `token ${label} has expired`],
		['the URL, percent-encoded', encodeURIComponent(signed), label],
		['the end of the token', `…${token.slice(-30)} is cut`, `…${label} is cut`],
	])('hides %s in a server’s message', (_name, message, shown) => {
		const clean = cleanServerMessage(message, signedUrlSecrets(signed));
		expect(clean).toContain(shown);
		expect(clean).not.toContain(token.slice(-24));
		expect(clean).not.toContain(payload);
	});

	it('hides it in any depth of a JSON value, keys included', () => {
		const body = { [signed]: [{ audio: signed, note: `(${token})` }], n: 1 };
		expect(maskSecretsDeep(body, signedUrlSecrets(signed))).toEqual({
			[label]: [{ audio: label, note: `(${label})` }],
			n: 1,
		});
	});

	it('has nothing to hide of another URL', () => {
		expect(signedUrlSecrets('https://media.example.org/a.mp3?token=abcdefgh')).toEqual([]);
	});
});

describe('maskSignedUrls', () => {
	it('knows signed URLs of any n8n by their shape, those of earlier executions too', () => {
		const body = { a: [signed, `see http://10.0.0.1/rest/binary-data/signed?token=${token}, ok`] };
		expect(maskSignedUrls(body)).toEqual({ a: [label, `see ${label}, ok`] });
	});

	it('leaves everything else as it is', () => {
		const body = { url: 'https://cdn.example.org/a.mp4?signature=1', n: null, b: true, t: 'x' };
		expect(maskSignedUrls(body)).toEqual(body);
	});
});

describe('querySecrets', () => {
	it('names the query, whole and in parts, as written and decoded', () => {
		const url = 'https://media.example.org/a.mp3?key=abc%2Fdef&part=2&flag#top';
		const values = querySecrets(url).map(({ value }) => value);
		expect(values).toEqual(['key=abc%2Fdef&part=2&flag', 'abc%2Fdef', 'abc/def']);
	});

	it('names nothing where there is no query', () => {
		expect(querySecrets('https://media.example.org/a.mp3')).toEqual([]);
	});
});
