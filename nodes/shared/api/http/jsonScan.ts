import { isLongInteger, numberEnd, startsNumber, stringEnd } from '../jsonNumbers';

/** How large JSON may be, so that building its value takes neither long nor much memory. */
export interface JsonLimits {
	/** Length of the body, once it is decompressed. */
	readonly bytes: number;
	/** Objects and lists inside one another. */
	readonly depth: number;
	/** Values in lists and objects, all of them together. */
	readonly elements: number;
}

const MIB = 1024 ** 2;
const DEEPEST = 64;

/** Jobs, lists, profiles, errors. */
export const ANSWER_LIMITS: JsonLimits = { bytes: 8 * MIB, depth: DEEPEST, elements: 50_000 };
/** A day of speech with a time for each word. */
export const TRANSCRIPT_LIMITS: JsonLimits = {
	bytes: 16 * MIB,
	depth: DEEPEST,
	elements: 1_000_000,
};

/** JSON text that may be parsed, or what is too much about it: completes "JSON …". */
export type ScannedJson =
	| { readonly ok: true; readonly text: string }
	| { readonly ok: false; readonly problem: string };

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks through JSON before anything is built from it, in linear time. Integers that a number cannot hold get quotes, so
 * that an ID keeps its digits. Text that is not JSON comes back as it is: the parser reports it.
 */
export function scanJson(text: string, limits: JsonLimits): ScannedJson {
	let depth = 0;
	let elements = 0;
	let scanned = '';
	let copiedTo = 0;
	for (let index = 0; index < text.length; index += 1) {
		const code = text.charCodeAt(index);
		if (code === QUOTE) {
			index = stringEnd(text, index);
		} else if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) {
			elements += 1;
			if (code !== COMMA) depth += 1;
			if (depth > limits.depth) return tooMuch(`more than ${limits.depth} levels deep`);
			if (elements > limits.elements) return tooMuch(`of more than ${limits.elements} values`);
		} else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
			depth -= 1;
		} else if (startsNumber(code)) {
			const end = numberEnd(text, index);
			const number = text.slice(index, end);
			if (isLongInteger(number)) {
				scanned += `${text.slice(copiedTo, index)}"${number}"`;
				copiedTo = end;
			}
			index = end - 1;
		}
	}
	return { ok: true, text: copiedTo === 0 ? text : scanned + text.slice(copiedTo) };
}

function tooMuch(problem: string): ScannedJson {
	return { ok: false, problem };
}
