const QUOTE = 0x22;
const MINUS = 0x2d;
const BACKSLASH = 0x5c;
/** Integers with fewer digits are exact as numbers. */
const SAFE_DIGITS = 15;

/** Whether it is a whole number with more digits than a JSON number carries, as IDs may have. */
export function isLongInteger(text: unknown): text is string {
	return (
		typeof text === 'string' &&
		text.length > SAFE_DIGITS &&
		/^-?[1-9]\d*$/.test(text) &&
		!Number.isSafeInteger(Number(text))
	);
}

/**
 * The first number of a JSON text that cannot be sent as it is written: a long whole number would be rounded, and one
 * that is too large would become `null`.
 */
export function inexactNumberIn(json: string): string | undefined {
	for (let index = 0; index < json.length; index += 1) {
		const code = json.charCodeAt(index);
		if (code === QUOTE) {
			index = stringEnd(json, index);
		} else if (startsNumber(code)) {
			const end = numberEnd(json, index);
			const number = json.slice(index, end);
			if (isLongInteger(number) || Math.abs(Number(number)) === Infinity) return number;
			index = end - 1;
		}
	}
	return undefined;
}

/** Index of the quote that ends the string which begins at `start`, or of the last character. */
export function stringEnd(text: string, start: number): number {
	for (let index = start + 1; index < text.length; index += 1) {
		const code = text.charCodeAt(index);
		if (code === QUOTE) return index;
		if (code === BACKSLASH) index += 1;
	}
	return text.length;
}

/** Whether a number begins with this character. */
export function startsNumber(code: number): boolean {
	return code === MINUS || isDigit(code);
}

/** Index behind the number that begins at `start`. */
export function numberEnd(text: string, start: number): number {
	let end = start + 1;
	while (end < text.length && isOfNumber(text.charCodeAt(end))) end += 1;
	return end;
}

function isDigit(code: number): boolean {
	return code >= 0x30 && code <= 0x39;
}

/** Digits, signs, the decimal point and the exponent's letter. */
function isOfNumber(code: number): boolean {
	return startsNumber(code) || code === 0x2b || code === 0x2e || (code | 0x20) === 0x65;
}
