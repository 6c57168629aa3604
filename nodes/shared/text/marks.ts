/** What a character does for cutting; flags, since some do several things. */
export const Mark = {
	sentence: 1,
	clause: 2,
	/** Ends its sentence or clause without a space after it. */
	wide: 4,
	/** Quotes, brackets and emphasis, which belong to the sentence or clause before them. */
	closing: 8,
	/** White space as `String.prototype.trim` knows it. */
	white: 16,
	/** White space that may be cut at; no-break spaces hold their neighbours together. */
	breaking: 32,
} as const;

/** What must not begin a part or a line: it would be torn from the word before it. */
export const TRAILING_MARKS = Mark.sentence | Mark.clause | Mark.closing;

/** One byte for each code unit: the cutter asks about nearly every character, and sets are ten times slower. */
const table = new Uint8Array(0x10000);

function define(characters: string, flags: number): void {
	for (const character of characters) {
		const code = character.charCodeAt(0);
		table[code] = (table[code] ?? 0) | flags;
	}
}

define('.!?…‽؟۔։।॥።။', Mark.sentence);
define('。！？．｡︒', Mark.sentence | Mark.wide);
// Question and exclamation marks that end no sentence ("Why?" he said) still end a clause.
define(',;:!?…—–،؛', Mark.clause);
define('，、；：､…—！？', Mark.clause | Mark.wide);
define('"\'”’»›)]}*_」』）】》〉〕〗｣］｝〟', Mark.closing);
define('\t\n\v\f\r \u1680\u2028\u2029\u205f\u3000', Mark.white | Mark.breaking);
define('\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a', Mark.white | Mark.breaking);
define('\u00a0\u2007\u202f\ufeff', Mark.white);

/** The flags of the character at `index`; 0 outside the text. */
export function marksAt(text: string, index: number): number {
	return index < text.length ? (table[text.charCodeAt(index)] ?? 0) : 0;
}

export function isWhiteAt(text: string, index: number): boolean {
	return (marksAt(text, index) & Mark.white) !== 0;
}

export function isBreakingAt(text: string, index: number): boolean {
	return (marksAt(text, index) & Mark.breaking) !== 0;
}
