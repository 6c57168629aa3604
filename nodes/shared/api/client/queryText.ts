/** A list that is sent under its name once. */
export interface DelimitedList {
	readonly entries: readonly string[];
	/** What stands between the entries, percent-encoded. */
	readonly delimiter: string;
}

/** Values by their names. Each entry of any other list is sent under the same name again. */
export type Query = Readonly<
	Record<string, string | number | readonly string[] | DelimitedList | undefined>
>;

/** A query as it stands in a URL, without the question mark. */
export function queryText(query: Query): string {
	const pairs = Object.entries(query).flatMap(([name, value]) => {
		if (typeof value === 'object' && 'delimiter' in value) return delimited(name, value);
		const entries = [value].flat().filter((entry) => entry !== undefined);
		return entries.map((entry) => new URLSearchParams([[name, String(entry)]]).toString());
	});
	return pairs.join('&');
}

function delimited(name: string, { entries, delimiter }: DelimitedList): string[] {
	if (entries.length === 0) return [];
	return [`${encoded(name)}=${entries.map(encoded).join(delimiter)}`];
}

/** Percent-encoded. Half of a surrogate pair, for which `encodeURIComponent` throws, becomes U+FFFD. */
function encoded(text: string): string {
	return new URLSearchParams([['', text]]).toString().slice(1).replaceAll('+', '%20');
}
