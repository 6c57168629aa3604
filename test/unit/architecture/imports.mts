import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(import.meta.dirname, '../../..');

/** One file that imports another; paths from the repository's root, without extension. */
export interface Import {
	readonly from: string;
	readonly to: string;
}

/** The product's source files, with their text. */
export function readSources(): ReadonlyMap<string, string> {
	const files = ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
	);
	return new Map(files.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}

/** Every import of another file of the package, types included. */
export function importsOf(sources: ReadonlyMap<string, string>): Import[] {
	return [...sources].flatMap(([file, text]) =>
		ts
			.preProcessFile(text)
			.importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
			.map(({ fileName }) => ({
				from: file.replace(/\.ts$/, ''),
				to: path.posix.join(path.posix.dirname(file), fileName),
			})),
	);
}

/** Imports that point upwards: `layers` are folders from the lowest to the highest, each with what lies right in it. */
export function upwardImports(imports: readonly Import[], layers: readonly string[]): string[] {
	return imports
		.filter(({ from, to }) => {
			const lower = layers.indexOf(path.posix.dirname(from));
			const higher = layers.indexOf(path.posix.dirname(to));
			return lower >= 0 && lower < higher;
		})
		.map(shown);
}

/** Imports out of a folder that lead to none of the folders named. */
export function strayImports(
	imports: readonly Import[],
	folder: string,
	allowed: readonly string[],
): string[] {
	const isIn = (place: string) => (file: string) => file.startsWith(`${place}/`);
	return imports
		.filter(({ from, to }) => isIn(folder)(from) && ![folder, ...allowed].some((a) => isIn(a)(to)))
		.map(shown);
}

/** A circle of folders that import one another, as a path from the first back to it; empty when there is none. */
export function folderCircle(imports: readonly Import[]): string[] {
	const next = new Map<string, Set<string>>();
	for (const { from, to } of imports) {
		const [start, end] = [path.posix.dirname(from), path.posix.dirname(to)];
		if (start !== end) next.set(start, (next.get(start) ?? new Set()).add(end));
	}
	const cleared = new Set<string>();
	const search = (folder: string, way: readonly string[]): string[] => {
		if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
		if (cleared.has(folder)) return [];
		for (const other of next.get(folder) ?? []) {
			const circle = search(other, [...way, folder]);
			if (circle.length > 0) return circle;
		}
		cleared.add(folder);
		return [];
	};
	for (const folder of next.keys()) {
		const circle = search(folder, []);
		if (circle.length > 0) return circle;
	}
	return [];
}

function shown({ from, to }: Import): string {
	return `${from} → ${to}`;
}
