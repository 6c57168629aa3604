import { createHash } from 'crypto';

import type { Secret } from '../../api/redact';
import type { Parameter } from './parameter';

/** A text to be spoken, as given. */
export const speechText: Parameter<string> = {
	field: {
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: 'e.g. Good morning! Here is your news.',
		description: 'The text to be spoken, in any language that the voice can speak',
	},
	parse(value, fail) {
		const isNumber = typeof value === 'number' && Number.isFinite(value);
		if (typeof value === 'string' || isNumber) return String(value);
		const isMissing = value === undefined || value === null;
		throw fail(
			isMissing ? 'is missing' : 'is not a text',
			'a text with at least one visible character',
		);
	},
};

/** SHA-256, in hex. */
export function hashOfText(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

/** The longest first: a shorter one may stand within it, and would leave the rest to be seen. */
export function textsSecrets(texts: readonly string[]): Secret[] {
	return [...new Set(texts)]
		.sort((a, b) => b.length - a.length)
		.map((value) => ({ value, label: '[text]', isText: true }));
}
