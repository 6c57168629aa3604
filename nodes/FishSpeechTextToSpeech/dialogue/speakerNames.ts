/** Without space around it, with one space between two words, and each letter in its shortest form. */
export function tidyName(name: string): string {
	return name.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Equal for names that differ in case and spaces only. */
export function keyOf(name: string): string {
	return tidyName(name).toLowerCase();
}
