/**
 * Text as it is sent, hashed and counted: trimmed, runs of spaces and tabs as one space, runs of line breaks as one
 * blank line (a single one stays), no control characters but line breaks, no U+200B, U+2060, U+FEFF.
 * U+200C and U+200D stay, since they change letters and emoji. Idempotent, linear in the length.
 */
export function normalizeText(text: string): string {
	return (
		text
			// Vertical tab, form feed and NEL are line breaks of Unicode: dropped, they would glue two words together.
			.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
			// Every control character but the line break, and the tab, which becomes a space below.
			.replace(/[^\P{Cc}\n\t]|[\u200B\u2060\uFEFF]/gu, '')
			.replace(/[ \t]{2,}|\t/g, ' ')
			.replace(/ \n ?|\n /g, '\n')
			.replace(/\n{3,}/g, '\n\n')
			.trim()
	);
}

/** Length in code points, which is how the service's limits and this package's parameters count. */
export function countCodePoints(text: string): number {
	let count = text.length;
	for (let index = 1; index < text.length; index += 1) {
		if (isSurrogatePair(text.charCodeAt(index - 1), text.charCodeAt(index))) count -= 1;
	}
	return count;
}

/** Whether two code units side by side are one code point. */
export function isSurrogatePair(high: number, low: number): boolean {
	return isHighSurrogate(high) && isLowSurrogate(low);
}

export function isHighSurrogate(code: number): boolean {
	return (code & 0xfc00) === 0xd800;
}

export function isLowSurrogate(code: number): boolean {
	return (code & 0xfc00) === 0xdc00;
}
