const LONGEST_STEM = 100;
/** What some file system, shell or browser takes for more than a character of a name, or does not show. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu;

/**
 * The name of a file without its path and extension, safe on every file system: no separators, nothing invisible, no dot
 * or space at either end, at most 100 characters. `fallback` where nothing is left.
 */
export function fileStem(path: string, fallback: string): string {
	const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
	const dot = name.lastIndexOf('.');
	const stem = trimmed((dot < 0 ? name : name.slice(0, dot)).replace(UNSAFE, ''));
	return trimmed(firstCharacters(stem, LONGEST_STEM)) || fallback;
}

/** An ID of the service as part of a file name. */
export function fileNamePart(id: string): string {
	return id.slice(0, LONGEST_STEM).replace(/[^\w-]/g, '_');
}

/** Characters that take two code units each are not cut in half. */
function firstCharacters(text: string, count: number): string {
	return Array.from(text.slice(0, 2 * count))
		.slice(0, count)
		.join('');
}

/** Without dots and white space at the ends, which hide a file or get lost. */
function trimmed(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && isOfEdge(text.charAt(start))) start += 1;
	while (end > start && isOfEdge(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}

function isOfEdge(character: string): boolean {
	return character === '.' || character.trim() === '';
}
