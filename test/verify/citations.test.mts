import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { repositoryRoot } from '../support/engine/host.mts';
import {
	brokenCitations,
	citedTests,
	quotedCode,
	relativeLinks,
	type CitedPage,
} from './citations.mts';

const read = (file: string) => readFileSync(path.join(repositoryRoot, file), 'utf8');

const pages: CitedPage[] = [
	{ name: 'contract', text: read('docs/api-contract.md') },
	{ name: 'design', text: read('docs/design.md') },
];

/** Files of the repository with one of the endings, from folders that hold text of ours. */
function filesEnding(...endings: string[]): string[] {
	const folders = ['nodes', 'credentials', 'packages', 'test', 'docs', 'examples'];
	const below = folders
		.filter((folder) => existsSync(path.join(repositoryRoot, folder)))
		.flatMap((folder) =>
			readdirSync(path.join(repositoryRoot, folder), { recursive: true }).map((name) =>
				path.join(folder, String(name)),
			),
		);
	const top = readdirSync(repositoryRoot);
	return [...top, ...below].filter((file) => endings.some((ending) => file.endsWith(ending)));
}

describe('what comments and docs cite', () => {
	it('is a section of docs/api-contract.md or docs/design.md that exists', () => {
		const files = filesEnding('.ts', '.mts', '.md').filter(
			(file) => !file.endsWith('citations.test.mts') && !file.endsWith('citations.mts'),
		);
		const broken = files.flatMap((file) =>
			brokenCitations(read(file), pages).map((citation) => `${file}: ${citation}`),
		);
		expect(broken).toEqual([]);
	});

	it.each(filesEnding('.md'))('is a file that exists: links of %s', (file) => {
		const broken = relativeLinks(read(file)).filter(
			(target) => !existsSync(path.join(repositoryRoot, path.dirname(file), target)),
		);
		expect(broken).toEqual([]);
	});
});

describe('the tests that SECURITY.md names', () => {
	const cited = citedTests(read('SECURITY.md'));

	it('are found for its promises', () => {
		expect(cited.length).toBeGreaterThan(15);
	});

	it.each(cited)('exist: %s', (test) => {
		const place = path.join(repositoryRoot, 'test', test);
		expect([`${place}.test.mts`, place].some((found) => existsSync(found))).toBe(true);
	});
});

describe('the code that CONTRIBUTING.md quotes', () => {
	const quoted = quotedCode(read('CONTRIBUTING.md'));

	it('is an endpoint and an operation', () => {
		expect(quoted).toHaveLength(2);
	});

	it.each(quoted)('stands in the sources: %s', (code) => {
		const holders = filesEnding('.ts').filter((file) => read(file).includes(code));
		expect(holders).toHaveLength(1);
	});
});

describe('the search for broken citations', () => {
	const contract: CitedPage = {
		name: 'contract',
		text: '## 1. Errors\n\n1. not a rule\n\n## 9. Rules\n\n1. first\n2. second\n\n## 10. Other\n\n### 10.1 `POST`\n',
	};

	it.each([
		['contract §1', []],
		['contract §10.1', []],
		['contract §9, rule 2', []],
		['contract §2', ['contract §2']],
		['contract §10.2', ['contract §10.2']],
		['contract §9, rule 3', ['contract §9, rule 3']],
		['contract §1, rule 1', ['contract §1, rule 1']],
		['design §7 is another page', []],
	])('judges "%s"', (text, broken) => {
		expect(brokenCitations(text, [contract])).toEqual(broken);
	});

	it('reads tests by the folders they are in', () => {
		expect(citedTests('`unit/api/a`, `npm test`, `engine/b` and `nodes/c`')).toEqual([
			'unit/api/a',
			'engine/b',
		]);
	});

	it('reads relative links without their anchors', () => {
		expect(relativeLinks('[a](b.md#c) [d](#e) [f](https://example.com) ![g](h.png)')).toEqual([
			'b.md',
			'h.png',
		]);
	});
});
