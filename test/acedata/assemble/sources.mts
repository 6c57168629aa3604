import path from 'node:path';

const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** The relative modules that a TypeScript source imports, types included. */
export function relativeImports(text: string): string[] {
	return [...text.matchAll(IMPORT)].map(([, specifier = '']) => specifier);
}

/** The same source under its name in the assembled package: `./x.mts` becomes `./x`. */
export function withoutExtensions(text: string): string {
	return text.replace(/('\.[^']+)\.mts'/g, "$1'");
}

export function assembledName(file: string): string {
	return file.replace(/\.mts$/, '.ts');
}

/**
 * The files that sources reach by their imports, each named relative to the root that they share, sources included.
 * `read` gives a file's text, or `undefined` when there is no such file.
 */
export function reachedFiles(
	sources: readonly string[],
	read: (file: string) => string | undefined,
): ReadonlyMap<string, string> {
	const reached = new Map<string, string>();
	const reach = (file: string): void => {
		if (reached.has(file)) return;
		const text = read(file);
		if (text === undefined) throw new Error(`${file} is imported, but there is no such file`);
		reached.set(file, text);
		for (const specifier of relativeImports(text)) {
			const target = path.posix.join(path.posix.dirname(file), specifier);
			reach(/\.m?ts$/.test(target) ? target : `${target}.ts`);
		}
	};
	for (const source of sources) reach(source);
	return reached;
}
