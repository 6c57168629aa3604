import { createCipheriv, createDecipheriv, randomBytes } from 'crypto';
import { jsonParse } from 'n8n-workflow';

const PREFIX = 'sealed:';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Replaces every URL with a query string in a JSON value by an encrypted form of it: such URLs are keys to private media,
 * and n8n keeps node contexts in its database. Only the holder of the API token can open them again.
 */
export function sealUrls<T>(value: T, key: Buffer): T {
	return mapStrings(value, (text) => (isToBeSealed(text) ? seal(text, key) : text));
}

/** What looks sealed already is sealed too: opened as it is, it would make the whole entry look broken. */
function isToBeSealed(text: string): boolean {
	return text.startsWith(PREFIX) || /^https?:\/\/[^?\s]+\?/i.test(text);
}

/** The opposite of {@link sealUrls}; `undefined` when something in it cannot be opened with this key. */
export function openUrls<T>(value: T, key: Buffer): T | undefined {
	try {
		return mapStrings(value, (text) => (text.startsWith(PREFIX) ? open(text, key) : text));
	} catch {
		// Sealed for another token, or changed since: as good as not remembered.
		return undefined;
	}
}

function mapStrings<T>(value: T, change: (text: string) => string): T {
	const replaced = JSON.stringify(value, (_key, entry: unknown) =>
		typeof entry === 'string' ? change(entry) : entry,
	);
	return replaced === undefined ? value : jsonParse<T>(replaced);
}

function seal(text: string, key: Buffer): string {
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv('aes-256-gcm', key, iv);
	const sealed = Buffer.concat([
		iv,
		cipher.update(text, 'utf8'),
		cipher.final(),
		cipher.getAuthTag(),
	]);
	return PREFIX + sealed.toString('base64url');
}

function open(text: string, key: Buffer): string {
	const sealed = Buffer.from(text.slice(PREFIX.length), 'base64url');
	const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
	decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
	const opened = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
	return Buffer.concat([opened, decipher.final()]).toString('utf8');
}
