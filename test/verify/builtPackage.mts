import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { z } from 'zod/v4';

import { repositoryRoot } from '../support/engine/host.mts';

const manifestSchema = z.object({
	license: z.string(),
	keywords: z.array(z.string()),
	repository: z.record(z.string(), z.string()),
	n8n: z.object({ nodes: z.array(z.string()), credentials: z.array(z.string()) }),
});

export type Manifest = z.infer<typeof manifestSchema>;

const codexSchema = z.object({
	categories: z.array(z.string()),
	subcategories: z.record(z.string(), z.array(z.string())).default({}),
});

export type Codex = z.infer<typeof codexSchema>;

/** A node of the built package. */
export interface BuiltNode {
	readonly name: string;
	readonly type: INodeType;
	readonly codex: Codex;
}

export function readManifest(): Manifest {
	return manifestSchema.parse(
		JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')),
	);
}

/** Every node that the manifest names, from `dist`: run `npm run build` before. */
export function builtNodes(): BuiltNode[] {
	return readManifest().n8n.nodes.map((file) => {
		const codex: unknown = JSON.parse(
			readFileSync(path.join(repositoryRoot, file.replace(/\.js$/, '.json')), 'utf8'),
		);
		return {
			name: path.basename(file, '.node.js'),
			type: instanceOf<INodeType>(file),
			codex: codexSchema.parse(codex),
		};
	});
}

/** The icon files that nodes and credentials name, each with the theme that it is for. */
export function builtIcons(): Array<{ theme: 'light' | 'dark'; file: string }> {
	const { nodes, credentials } = readManifest().n8n;
	const icons = [
		...nodes.map((file) => ({ file, icon: instanceOf<INodeType>(file).description.icon })),
		...credentials.map((file) => ({ file, icon: instanceOf<ICredentialType>(file).icon })),
	];
	return icons.flatMap<{ theme: 'light' | 'dark'; file: string }>(({ file, icon }) => {
		if (icon === undefined) return [];
		const { light, dark } = typeof icon === 'string' ? { light: icon, dark: icon } : icon;
		const pathOf = (name: string) =>
			path.join(repositoryRoot, path.dirname(file), name.replace(/^file:/, ''));
		return [
			{ theme: 'light', file: pathOf(light) },
			{ theme: 'dark', file: pathOf(dark) },
		];
	});
}

/** The sources of nodes and credentials: path in the repository and text. */
export function sourceFiles(): Array<{ file: string; text: string }> {
	return ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(path.join(repositoryRoot, folder), { recursive: true })
			.map(String)
			.filter((name) => name.endsWith('.ts'))
			.sort()
			.map((name) => path.join(folder, name))
			.map((file) => ({ file, text: readFileSync(path.join(repositoryRoot, file), 'utf8') })),
	);
}

function instanceOf<T>(file: string): T {
	const built = path.join(repositoryRoot, file);
	if (!existsSync(built)) throw new Error(`${file} is missing: run "npm run build"`);
	const exported: Record<string, new () => T> = createRequire(import.meta.url)(built);
	const className = path.basename(file).replace(/\..*$/, '');
	const Class = exported[className];
	if (Class === undefined) throw new Error(`${file} does not export ${className}`);
	return new Class();
}

/** What a built script requires. */
export function importsIn(script: string): string[] {
	return [...script.matchAll(/\b(?:require|import)\(["']([^"']+)["']\)/g)].map(
		([, name = '']) => name,
	);
}
