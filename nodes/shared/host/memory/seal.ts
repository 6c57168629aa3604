import { createCipheriv, createDecipheriv, randomBytes } from 'crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Encrypts a text, so that only a holder of the key can read it. */
export function seal(text: string, key: Buffer): string {
	const iv = randomBytes(IV_BYTES);
	const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
	const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
	return Buffer.concat(sealed).toString('base64url');
}

/** The opposite of {@link seal}; `undefined` when it was sealed with another key, or changed since. */
export function unseal(sealed: string, key: Buffer): string | undefined {
	try {
		const bytes = Buffer.from(sealed, 'base64url');
		const iv = bytes.subarray(0, IV_BYTES);
		const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
		decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
		const opened = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
		return Buffer.concat([opened, decipher.final()]).toString('utf8');
	} catch {
		// It counts as not remembered.
		return undefined;
	}
}
