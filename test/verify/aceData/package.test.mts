import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemblePackage, PACKAGE_FOLDER } from '../../acedata/assemble/assemble.mts';
import { unpackAceData } from '../../support/lab/aceDataPackage.mts';
import { importsIn } from '../builtPackage.mts';
import { duplicatesIn } from '../duplicates.mts';
import { findingsIn, SOURCE_FILE_PATTERNS } from '../findings.mts';

const MOST_PACKED_BYTES = 100_000;
/** The seam holds as long as a second service is this small. */
const MOST_OWN_LINES = 900;

const allowed = [
	/^(package\.json|README\.md|LICENSE\.md)$/,
	/^dist\/icons\/acedata(\.dark)?\.svg$/,
	/^dist\/credentials\/AceDataCloudApi\.credentials\.js$/,
	/^dist\/nodes\/(\w+\/)+[\w.]+\.js$/,
	/^dist\/nodes\/AceDataFishAudio\/AceDataFishAudio\.node\.json$/,
	/^dist\/nodes\/AceDataFishAudio\/__schema__\/v1\.0\.0\/\w+\.json$/,
];
const hostModules = ['crypto', 'n8n-workflow', 'undici', 'undici/package.json', 'zod/v4'];

const filesBelow = (folder: string, ending: string) =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(ending))
		.map((entry) => path.join(entry.parentPath, entry.name));

describe('the tarball of the second package', () => {
	let packed: Awaited<ReturnType<typeof unpackAceData>>;
	const files = () => filesBelow(packed.directory, '');
	const relative = (file: string) => path.relative(packed.directory, file);

	beforeAll(async () => {
		packed = await unpackAceData();
	});
	afterAll(async () => {
		await packed.remove();
	});

	it(`has at most ${MOST_PACKED_BYTES / 1_000} kB`, () => {
		expect(packed.packedBytes).toBeLessThanOrEqual(MOST_PACKED_BYTES);
	});

	it('holds what n8n reads or runs, and nothing else', () => {
		const others = files()
			.map(relative)
			.filter((file) => !allowed.some((pattern) => pattern.test(file)));
		expect(others).toEqual([]);
	});

	it('holds nothing of FishSpeech', () => {
		const named = files()
			.filter((file) => relative(file).startsWith('dist'))
			.filter((file) =>
				/fish[-_ ]?speech|fishaudio\.org/i.test(relative(file) + readFileSync(file, 'utf8')),
			);
		expect(named.map(relative)).toEqual([]);
	});

	it('asks for nothing to be installed', () => {
		const manifest: { dependencies?: object; peerDependencies: object } = JSON.parse(
			readFileSync(path.join(packed.directory, 'package.json'), 'utf8'),
		);
		expect(manifest.dependencies ?? {}).toEqual({});
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	it('imports nothing but its own files and what n8n ships', () => {
		const imported = files()
			.filter((file) => file.endsWith('.js'))
			.flatMap((file) => importsIn(readFileSync(file, 'utf8')))
			.filter((name) => !name.startsWith('.'));
		expect([...new Set(imported)].filter((name) => !hostModules.includes(name))).toEqual([]);
	});
});

describe('the assembled package', () => {
	it('is scanned as it would be published: a forbidden import is found', async () => {
		const { directory, remove } = await assemblePackage();
		try {
			const file = path.join(directory, 'nodes', 'shared', 'acedata', 'service.ts');
			writeFileSync(file, `import { readFileSync } from 'fs';\n${readFileSync(file, 'utf8')}`);
			expect((await findingsIn(directory, SOURCE_FILE_PATTERNS)).join()).toContain('service.ts');
		} finally {
			remove();
		}
	});
});

describe('the sources of the second package', () => {
	const own = filesBelow(PACKAGE_FOLDER, '.mts');
	const textOf = (file: string) => readFileSync(file, 'utf8');

	it(`have fewer than ${MOST_OWN_LINES} lines`, () => {
		const lines = own.map((file) => textOf(file).split('\n').length - 1);
		expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(MOST_OWN_LINES);
	});

	it('are no TypeScript to the root: its lint would take their credential for one of its own', () => {
		expect(filesBelow(PACKAGE_FOLDER, '.ts')).toEqual([]);
	});

	it('say nothing that the shared code says already', () => {
		const root = path.resolve(PACKAGE_FOLDER, '..', '..');
		const shared = filesBelow(path.join(root, 'nodes'), '.ts');
		const sources = [...own, ...shared].map((name) => ({ name, text: textOf(name) }));
		const twice = duplicatesIn(sources, 12).filter(({ first, second }) =>
			own.some((file) => first.startsWith(file) || second.startsWith(file)),
		);
		expect(twice).toEqual([]);
	});

	it('send the version of the manifest', () => {
		const { version }: { version: string } = JSON.parse(
			textOf(path.join(PACKAGE_FOLDER, 'manifest.json')),
		);
		const source = textOf(path.join(PACKAGE_FOLDER, 'nodes', 'shared', 'acedata', 'version.mts'));
		expect(source).toContain(`PACKAGE_VERSION = '${version}'`);
		expect(textOf(path.join(PACKAGE_FOLDER, 'CHANGELOG.md'))).toContain(`## ${version}`);
	});
});
