import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod/v4';

import { LOCKFILE_FILE } from '../e2e/host/manifests.mts';
import { repositoryRoot } from '../support/engine/host.mts';

const lockfileSchema = z.object({
	packages: z.record(
		z.string(),
		z.object({
			extraneous: z.boolean().optional(),
			link: z.boolean().optional(),
			integrity: z.string().optional(),
			resolved: z.string().optional(),
		}),
	),
});

type Lockfile = z.infer<typeof lockfileSchema>;

const LOCKFILES = [
	'package-lock.json',
	...readdirSync(path.join(repositoryRoot, 'test'), { recursive: true })
		.map((file) => path.join('test', String(file)))
		.filter((file) => path.basename(file) === LOCKFILE_FILE)
		.sort(),
];

function problemsOf({ packages }: Lockfile): string[] {
	return Object.entries(packages).flatMap(([place, { extraneous, link, integrity, resolved }]) => {
		if (place === '') return [];
		const problems: string[] = [];
		if (extraneous === true) problems.push('is needed by nothing');
		if (link !== true && integrity === undefined) problems.push('has no integrity');
		if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
			problems.push(`comes from ${resolved}`);
		return problems.map((problem) => `${place} ${problem}`);
	});
}

describe('lockfiles', () => {
	it.each(LOCKFILES)(
		'hold only what is needed, by its hash, from the public registry: %s',
		(file) => {
			const text = readFileSync(path.join(repositoryRoot, file), 'utf8');
			expect(problemsOf(lockfileSchema.parse(JSON.parse(text)))).toEqual([]);
		},
	);

	it('are found out when they hold more', () => {
		const packages = {
			'': {},
			good: { integrity: 'sha512-x', resolved: 'https://registry.npmjs.org/good/-/good-1.0.0.tgz' },
			left: { integrity: 'sha512-x', extraneous: true },
			loose: {},
			foreign: { integrity: 'sha512-x', resolved: 'git+ssh://git@example.com/foreign.git' },
		};
		expect(problemsOf({ packages })).toEqual([
			'left is needed by nothing',
			'loose has no integrity',
			'foreign comes from git+ssh://git@example.com/foreign.git',
		]);
	});
});
