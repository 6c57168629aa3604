import { describeValue, type ParameterReader } from './parameters';

export const languageCodes = 'a code such as en or pt-BR';

const LANGUAGE = /^[a-z]{2}(-[A-Z]{2})?$/;

/** A language as `xx` or `xx-YY`; empty when none is named. */
export function readLanguage(reader: ParameterReader, value: unknown, displayName: string): string {
	const language = typeof value === 'string' ? value.trim() : value;
	if (language === '' || (typeof language === 'string' && LANGUAGE.test(language))) return language;
	throw reader.fail(displayName, describeValue(language), languageCodes);
}
