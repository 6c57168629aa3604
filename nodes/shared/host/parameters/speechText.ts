import { createHash } from 'crypto';

import type { Secret } from '../../api/redact';
import { normalizeText } from '../../text/normalizeText';
import type { Parameter } from './parameter';
import type { ParameterReader } from './reader';

const ACCEPTED = 'a text with at least one visible character';

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
		throw fail(isMissing ? 'is missing' : 'is not a text', ACCEPTED);
	},
};

/** A text to be spoken. Throws `invalidParameter` when nothing of it can be seen. */
export function readVisibleText(reader: ParameterReader, parameter: Parameter<string>): string {
	const found = reader.get(parameter);
	if (normalizeText(found) !== '') return found;
	throw reader.fail(parameter.field.displayName, 'is empty', ACCEPTED);
}

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
