import { describe, expect, it } from 'vitest';
import {
	folderCircle,
	importsOf,
	readSources,
	strayImports,
	upwardImports,
	type Import,
} from './imports.mts';

const SHARED = 'nodes/shared';
const sources = readSources();
const imports = importsOf(sources);
const inShared = (names: readonly string[]) => names.map((name) => `${SHARED}/${name}`);

describe('the arrows of docs/architecture.md', () => {
	it('are read from every file of the package', () => {
		expect(imports.length).toBeGreaterThan(sources.size);
		expect(imports).toContainEqual({
			from: `${SHARED}/host/run/itemRunner`,
			to: `${SHARED}/api/client/apiClient`,
		});
	});

	it.each([
		['HTTP', ['api', 'api/policy', 'api/http', 'api/client']],
		[
			'n8n',
			[
				'host',
				'host/media',
				'host/parameters',
				'host/memory',
				'host/run',
				'host/jobs',
				'host/sleep',
			],
		],
	])('lead downwards inside the part for %s', (_part, layers) => {
		expect(upwardImports(imports, inShared(layers))).toEqual([]);
	});

	it.each([
		['text', []],
		['audio', []],
		['api', []],
		['openApi', ['api']],
		['fishspeech', ['api', 'openApi']],
		['host', ['api', 'audio', 'text']],
		['listSearch', ['api', 'fishspeech', 'host']],
		['fishspeechNodes', ['api', 'fishspeech', 'host']],
	])('lead out of %s to no other folder than %j', (folder, allowed) => {
		expect(strayImports(imports, `${SHARED}/${folder}`, inShared(allowed))).toEqual([]);
	});

	it('lead from the shared code to no node', () => {
		expect(strayImports(imports, SHARED, [])).toEqual([]);
	});

	it('go round in no circle of folders', () => {
		const shared = imports.filter(({ from }) => from.startsWith(`${SHARED}/`));
		expect(folderCircle(shared)).toEqual([]);
	});

	it.each(['api', 'host', 'openApi', 'text', 'audio'])(
		'leave %s without the name of a vendor',
		(folder) => {
			const named = [...sources]
				.filter(
					([file, text]) =>
						file.startsWith(`${SHARED}/${folder}/`) && /fish|acedata/i.test(file + text),
				)
				.map(([file]) => file);
			expect(named).toEqual([]);
		},
	);
});

describe('the search for wrong arrows', () => {
	const wrong: Import[] = [
		{ from: 'a/one', to: 'a/b/two' },
		{ from: 'a/b/two', to: 'a/c/three' },
		{ from: 'a/c/three', to: 'a/one' },
	];

	it('finds an import that points upwards', () => {
		expect(upwardImports(wrong, ['a', 'a/b', 'a/c'])).toEqual([
			'a/one → a/b/two',
			'a/b/two → a/c/three',
		]);
	});

	it('finds an import of a foreign folder', () => {
		expect(strayImports(wrong, 'a/b', ['a/d'])).toEqual(['a/b/two → a/c/three']);
	});

	it('finds a circle of three folders', () => {
		expect(folderCircle(wrong)).toEqual(['a', 'a/b', 'a/c', 'a']);
	});

	it('reads types, exports and imports at run time', () => {
		const text = [
			"import type { A } from './a';",
			"export { b } from '../b';",
			"const c = await import('./c');",
			"import { z } from 'zod/v4';",
		].join('\n');
		expect(importsOf(new Map([['x/y.ts', text]])).map(({ to }) => to)).toEqual(['x/a', 'b', 'x/c']);
	});
});
