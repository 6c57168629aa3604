/** The anchors that the headings of a Markdown text get on GitHub and npm, with their "#". */
export function anchorsOf(markdown: string): ReadonlySet<string> {
	const headings = markdown.match(/^#{1,6} .+$/gm) ?? [];
	return new Set(headings.map((heading) => `#${slugOf(heading.replace(/^#+ /, ''))}`));
}

function slugOf(heading: string): string {
	return heading
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');
}

/** The text between a heading and the next one of its level or above. */
export function sectionOf(markdown: string, heading: string): string {
	const lines = markdown.split('\n');
	const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && /^#/.test(line));
	if (start === -1) throw new Error(`there is no heading "${heading}"`);
	const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 1;
	const isEnd = (line: string) => new RegExp(`^#{1,${level}} `).test(line);
	const rest = lines.slice(start + 1);
	const end = rest.findIndex(isEnd);
	return rest.slice(0, end === -1 ? undefined : end).join('\n');
}

/** The cells of every table row of a Markdown text, heads and rulers aside. */
export function tableRows(markdown: string): string[][] {
	const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
	return rows
		.map((line) =>
			line
				.slice(1, line.lastIndexOf('|'))
				.split(/(?<!\\)\|/)
				.map((cell) => cell.trim().replaceAll('\\|', '|')),
		)
		.filter((cells, index) => index > 0 && !cells.every((cell) => /^:?-+:?$/.test(cell)));
}
