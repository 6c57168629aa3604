import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/engine/host.mts';
import { duplicatesIn, type SourceFile } from './duplicates.mts';

/** Longer than the frame that n8n asks of every node class. */
const minLines = 12;

async function sources(): Promise<SourceFile[]> {
	const found: SourceFile[] = [];
	for (const folder of ['nodes', 'credentials']) {
		const entries = await readdir(path.join(repositoryRoot, folder), { recursive: true });
		for (const entry of entries.filter((name) => name.endsWith('.ts')).sort()) {
			const name = path.join(folder, entry);
			found.push({ name, text: await readFile(path.join(repositoryRoot, name), 'utf8') });
		}
	}
	return found;
}

describe('the source of nodes and credential', () => {
	it('says nothing twice', async () => {
		expect(duplicatesIn(await sources(), minLines)).toEqual([]);
	});
});

describe('the search for duplicates', () => {
	const body = Array.from({ length: 6 }, (_, index) => `const value${index} = ${index};`).join(
		'\n',
	);

	it('finds a run of lines in two files, whatever stands around and between', () => {
		const files = [
			{ name: 'a.ts', text: `import a from 'a';\n\n${body}` },
			{ name: 'b.ts', text: `function b() {\n// why\n\t${body.replaceAll('\n', '\n\n\t')}\n}` },
		];
		expect(duplicatesIn(files, 6)).toMatchObject([{ first: 'a.ts:3', second: 'b.ts:3' }]);
	});

	it('does not mind shorter runs, nor a file that repeats itself', () => {
		expect(duplicatesIn([{ name: 'a.ts', text: body }], 6)).toEqual([]);
		const files = ['a.ts', 'b.ts'].map((name) => ({
			name,
			text: `${body}\nconst ${name[0]} = 1;`,
		}));
		expect(duplicatesIn(files, 7)).toEqual([]);
	});
});
