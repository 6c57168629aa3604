/** A file's lines that say something, with the line numbers they stand on. */
export interface SourceFile {
	readonly name: string;
	readonly text: string;
}

export interface Duplicate {
	readonly first: string;
	readonly second: string;
	readonly lines: readonly string[];
}

interface Line {
	readonly number: number;
	readonly text: string;
}

/**
 * Runs of at least `minLines` lines that stand in two files. Imports, comments and lines of brackets alone say too
 * little to count.
 */
export function duplicatesIn(files: readonly SourceFile[], minLines: number): Duplicate[] {
	const seen = new Map<string, { file: string; line: number }>();
	const found: Duplicate[] = [];
	for (const { name, text } of files) {
		const lines = tellingLines(text);
		for (let start = 0; start + minLines <= lines.length; start++) {
			const run = lines.slice(start, start + minLines);
			const key = run.map((line) => line.text).join('\n');
			const line = run[0]?.number ?? 0;
			const before = seen.get(key);
			if (before === undefined) seen.set(key, { file: name, line });
			else if (before.file !== name)
				found.push({
					first: `${before.file}:${before.line}`,
					second: `${name}:${line}`,
					lines: run.map((entry) => entry.text),
				});
		}
	}
	return found;
}

function tellingLines(text: string): Line[] {
	return text
		.replace(/^import [\s\S]*?;$/gm, (statement) => statement.replace(/[^\n]/g, ''))
		.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
		.split('\n')
		.map((line, index) => ({ number: index + 1, text: line.replace(/\/\/.*$/, '').trim() }))
		.filter((line) => /\w/.test(line.text));
}
