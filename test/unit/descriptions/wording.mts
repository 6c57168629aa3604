/** Words that stay small inside a title. */
const smallWords = new Set(
	'a an and as at but by for from in into nor of on or per the to via vs with'.split(' '),
);

/** What is wrong with a title in n8n's eyes, or `undefined`. */
export function titleCaseProblem(title: string): string | undefined {
	const words = title.split(/\s+/);
	const wrong = words.filter((word, index) => {
		const bare = word.replace(/^[("]+|[)",.…:]+$/g, '');
		const isInside = index > 0 && index < words.length - 1;
		if (isInside && smallWords.has(bare)) return false;
		return !/^[A-Z0-9]/.test(bare);
	});
	if (wrong.length > 0) return `"${title}": ${wrong.join(', ')} should begin with a capital`;
	const misspelt = /\b(Id|Url|Json|Api|Mp3|Wav|Srt|Vtt|Ids|Urls)\b/.exec(title)?.[0];
	return misspelt === undefined ? undefined : `"${title}": ${misspelt} is an abbreviation`;
}

/** Only the first word has a capital, abbreviations aside. */
export function isSentenceCase(text: string): boolean {
	const [first = '', ...rest] = text.split(' ');
	return /^[A-Z][a-z]*$/.test(first) && rest.every((word) => /^([a-z-]+|[A-Z]{2,})$/.test(word));
}

/** One sentence stands without a full stop, several with one. */
export function hasRightFullStop(text: string): boolean {
	const isSeveral = /[.!?]\s+\p{Lu}/u.test(text);
	return isSeveral === /[.!?]$/.test(text);
}
