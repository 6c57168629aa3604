/**
 * Text as it is sent, hashed and counted: trimmed, runs of spaces and tabs as one space, runs of line breaks as one
 * blank line (a single one stays), no control characters but line breaks, no U+200B, U+2060, U+FEFF, no half of a
 * character. U+200C and U+200D stay, since they change letters and emoji. Idempotent, linear in the length.
 */
export function normalizeText(text: string): string {
	return (
		text
			// Vertical tab, form feed and NEL are line breaks of Unicode: dropped, they would glue two words together.
			.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
			// Every control character but the line break, and the tab, which becomes a space below. Half of a surrogate pair,
			// as a cut emoji leaves it, cannot be sent.
			.replace(/[^\P{Cc}\n\t]|[\u200B\u2060\uFEFF]|\p{Cs}/gu, '')
			.replace(/[ \t]{2,}|\t/g, ' ')
			.replace(/ \n ?|\n /g, '\n')
			.replace(/\n{3,}/g, '\n\n')
			.trim()
	);
}

/** Length in code points, which is how the service's limits and this package's parameters count. */
export function countCodePoints(text: string): number {
	let count = text.length;
	for (let index = 0; index < text.length; index += 1) {
		if (isSurrogatePairAt(text, index)) count -= 1;
	}
	return count;
}

/** Whether the code unit at `index` and the one after it are one code point. */
export function isSurrogatePairAt(text: string, index: number): boolean {
	return (text.codePointAt(index) ?? 0) > 0xffff;
}
