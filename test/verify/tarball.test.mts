import { isBuiltin } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importsIn } from './builtPackage.mts';
import { packPackage, type PackedPackage } from './packed.mts';

const mostPackedBytes = 175_000;

/** What n8n reads or runs, and what npm puts into every package. */
const allowed = [
	/^(package\.json|README\.md|LICENSE\.md)$/,
	/^dist\/icons\/fishspeech(\.dark)?\.svg$/,
	/^dist\/credentials\/\w+\.credentials\.js$/,
	/^dist\/nodes\/(\w+\/)+[\w.]+\.js$/,
	/^dist\/nodes\/(\w+)\/\1\.node\.json$/,
	/^dist\/nodes\/\w+\/__schema__\/v1\.0\.0(\/\w+)?\.json$/,
];

/** What n8n has beside a community package; the last two are promised to it by nobody but ship with n8n. */
const hostModules = ['undici/package.json', 'n8n-workflow', 'zod/v4', 'undici'];

interface Manifest {
	readonly n8n: { readonly credentials: readonly string[]; readonly nodes: readonly string[] };
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies: Readonly<Record<string, string>>;
	readonly scripts: Readonly<Record<string, string>>;
}

describe('the published package', () => {
	let packed: PackedPackage;
	let manifest: Manifest;

	beforeAll(async () => {
		packed = await packPackage();
		manifest = JSON.parse(await packed.read('package.json'));
	});

	afterAll(async () => {
		await packed.remove();
	});

	const scripts = () => packed.files.filter((file) => file.endsWith('.js'));

	it('holds nothing but what n8n reads or runs', () => {
		expect(packed.files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual(
			[],
		);
	});

	it(`is packed into less than ${mostPackedBytes / 1_000} kB`, () => {
		expect(packed.packedBytes).toBeLessThan(mostPackedBytes);
	});

	it('has every file that its manifest names, and a codex and icons for every node', () => {
		const { credentials, nodes } = manifest.n8n;
		expect(nodes.length).toBeGreaterThan(0);
		const expected = [
			...credentials,
			...nodes,
			...nodes.map((file) => file.replace(/\.js$/, '.json')),
			'dist/icons/fishspeech.svg',
			'dist/icons/fishspeech.dark.svg',
		];
		expect(expected.filter((file) => !packed.files.includes(file))).toEqual([]);
	});

	it('names every node and credential that it holds', () => {
		const held = packed.files.filter((file) => /\.(node|credentials)\.js$/.test(file));
		expect(held).toEqual([...manifest.n8n.credentials, ...manifest.n8n.nodes].sort());
	});

	it('asks for nothing to be installed and runs nothing when it is installed', () => {
		expect(manifest.dependencies ?? {}).toEqual({});
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
		expect(hooks.filter((hook) => hook in manifest.scripts)).toEqual([]);
	});

	it('imports nothing but its own files, crypto and what n8n ships', async () => {
		const imports = new Set<string>();
		for (const file of scripts())
			for (const name of importsIn(await packed.read(file)))
				if (!name.startsWith('.')) imports.add(name);
		expect([...imports].filter((name) => !hostModules.includes(name))).toEqual(['crypto']);
		expect(isBuiltin('crypto')).toBe(true);
	});

	it('has no module that no node reaches', async () => {
		const reached = new Set<string>();
		const reach = async (file: string): Promise<void> => {
			if (reached.has(file)) return;
			reached.add(file);
			for (const name of importsIn(await packed.read(file)))
				if (name.startsWith('.')) await reach(`${path.posix.join(path.dirname(file), name)}.js`);
		};
		for (const file of [...manifest.n8n.credentials, ...manifest.n8n.nodes]) await reach(file);
		const unreached: string[] = [];
		for (const file of scripts())
			if (!reached.has(file) && !isTypesOnly(await packed.read(file))) unreached.push(file);
		expect(unreached).toEqual([]);
	});
});

/** What the compiler leaves of a module of types: nothing is ever required from it. */
function isTypesOnly(script: string): boolean {
	return !/\bexports\.(?!__esModule)/.test(script.replace(/"__esModule"/g, ''));
}
