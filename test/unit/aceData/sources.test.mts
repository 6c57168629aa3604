import { describe, expect, it } from 'vitest';
import {
	assembledName,
	reachedFiles,
	relativeImports,
	withoutExtensions,
} from '../../acedata/assemble/sources.mts';

const files: Readonly<Record<string, string>> = {
	'nodes/A/a.mts':
		"import { b } from './b.mts';\nimport { c } from '../shared/c';\nimport 'zod/v4';",
	'nodes/A/b.mts': "export type { D } from '../shared/d';",
	'nodes/shared/c.ts': "import type { D } from './d';\nconst late = await import('./e');",
	'nodes/shared/d.ts': '',
	'nodes/shared/e.ts': "import { a } from './c';",
	'nodes/shared/unused.ts': '',
};

describe('the assembling of the second package', () => {
	it('takes what its sources reach, types and late imports included, and nothing else', () => {
		const reached = reachedFiles(['nodes/A/a.mts'], (file) => files[file]);
		expect([...reached.keys()].sort()).toEqual([
			'nodes/A/a.mts',
			'nodes/A/b.mts',
			'nodes/shared/c.ts',
			'nodes/shared/d.ts',
			'nodes/shared/e.ts',
		]);
	});

	it('fails when something that is imported is not there', () => {
		const read = (file: string) => (file === 'a.mts' ? "import './gone.mts';" : undefined);
		expect(() => reachedFiles(['a.mts'], read)).toThrow('gone.mts is imported');
	});

	it('reads imports over several lines', () => {
		expect(
			relativeImports("import {\n\ta,\n\tb,\n} from '../b';\nexport * from './c.mts';"),
		).toEqual(['../b', './c.mts']);
	});

	it('gives modules the names that n8n builds', () => {
		expect(assembledName('nodes/A/a.mts')).toBe('nodes/A/a.ts');
		expect(assembledName('nodes/A/a.json')).toBe('nodes/A/a.json');
		expect(withoutExtensions("import { a } from './a.mts';\nconst file = 'a.mts';")).toBe(
			"import { a } from './a';\nconst file = 'a.mts';",
		);
	});
});
