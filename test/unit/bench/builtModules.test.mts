import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');
const bench = path.join(root, 'test/bench');

const loaded = readdirSync(bench, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.mts'))
	.flatMap((file) => {
		const source = readFileSync(path.join(bench, file), 'utf8');
		return [...source.matchAll(/\bbuilt(?:Module)?<[^;]*?>\(\s*'([^']+)'/g)].map((call) => ({
			file,
			folder: call[0].startsWith('builtModule') ? 'nodes' : 'nodes/shared',
			module: call[1] ?? '',
		}));
	});

describe('the bench', () => {
	it('loads modules of the package by their names', () => {
		expect(loaded.length).toBeGreaterThan(8);
	});

	it.each(loaded)('finds $module, which $file loads', ({ folder, module }) => {
		expect(existsSync(path.join(root, folder, `${module}.ts`))).toBe(true);
	});
});
