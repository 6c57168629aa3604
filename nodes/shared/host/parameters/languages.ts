import { describeValue, type Fail } from './parameter';

export const LANGUAGE_CODES = 'a code such as en or pt-BR';

const LANGUAGE = /^[a-z]{2}(-[A-Z]{2})?$/;

/** A language as `xx` or `xx-YY`; empty when none is named. */
export function parseLanguage(value: unknown, fail: Fail): string {
	const language = typeof value === 'string' ? value.trim() : value;
	if (language === '' || (typeof language === 'string' && LANGUAGE.test(language))) return language;
	throw fail(describeValue(language), LANGUAGE_CODES);
}
