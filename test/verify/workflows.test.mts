import { describe, expect, it } from 'vitest';
import {
	checkoutsThatKeepTheToken,
	otherSecrets,
	readWorkflows,
	rightsBeyondReading,
	unpinnedUses,
	type Job,
} from './workflows.mts';

const workflows = readWorkflows();

describe.each(workflows)('the workflow $file', ({ file, text, on, permissions, jobs }) => {
	const allJobs = Object.values(jobs);

	it('pins every action by its full commit', () => {
		expect(unpinnedUses(text)).toEqual([]);
	});

	it('leaves no token in the folder that it checks out', () => {
		expect(allJobs.flatMap(({ steps }) => checkoutsThatKeepTheToken(steps))).toEqual([]);
	});

	it('may only read the source, and holds no secret but the token of the live service', () => {
		expect(permissions).toEqual({ contents: 'read' });
		if (file === 'live.yml') expect(otherSecrets(text)).toEqual([]);
		else expect(text).not.toMatch(/\bsecrets\b/);
	});

	it('runs no code of a stranger with rights, and no text of a stranger as a command', () => {
		expect(Object.keys(on)).not.toContain('pull_request_target');
		const commands = allJobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
		expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
	});
});

/** The packages that are published: the workflow, its tags, where the version stands, and what builds and names the package. */
const RELEASES = [
	{
		file: 'publish.yml',
		tags: 'v[0-9]+.[0-9]+.[0-9]+*',
		manifest: './package.json',
		build: 'npm run build',
		publish: 'npm publish',
	},
	{
		file: 'publish-acedata-fish.yml',
		tags: 'acedata-fish-v[0-9]+.[0-9]+.[0-9]+*',
		manifest: './packages/acedata-fish/manifest.json',
		build: 'npm run acedata -- --pack-only',
		publish: 'npm publish ./packages/acedata-fish/dist/*.tgz',
	},
] as const;

it('only the last job of each release has rights', () => {
	const jobsWithRights = workflows.flatMap(({ file, jobs }) =>
		Object.entries(jobs)
			.filter(([, job]) => rightsBeyondReading(job).length > 0)
			.map(([name]) => `${file} › ${name}`),
	);
	expect(jobsWithRights.sort()).toEqual(RELEASES.map(({ file }) => `${file} › publish`).sort());
});

describe.each(RELEASES)(
	'the right to publish with $file',
	({ file, tags, manifest, build, publish }) => {
		const publishing = workflows.find((workflow) => workflow.file === file);

		function jobOf(name: string): Job {
			const job = publishing?.jobs[name];
			if (job === undefined) throw new Error(`${file} has no job "${name}"`);
			return job;
		}

		it('stands in a protected environment', () => {
			expect(rightsBeyondReading(jobOf('publish'))).toEqual(['id-token: write']);
			expect(jobOf('publish').environment).toBe('npm');
		});

		it('meets no tests, no lint and no install script: only installing, building and publishing', () => {
			const commands = jobOf('publish').steps.flatMap(({ run }) => run ?? []);
			expect(commands).toEqual([
				'npm ci --ignore-scripts --no-audit --no-fund',
				build,
				`${publish} --ignore-scripts --provenance --access public --tag "$NPM_TAG"`,
			]);
		});

		it('takes nothing from a cache that another run could have filled', () => {
			const withs = jobOf('publish').steps.filter(({ uses }) => uses?.includes('/setup-node@'));
			expect(withs.map((step) => [step.with['package-manager-cache'], step.with['cache']])).toEqual(
				[[false, undefined]],
			);
		});

		it('comes after the whole of CI, and only for a version tag on main', () => {
			expect(jobOf('publish').needs).toEqual(['tag', 'test']);
			expect(jobOf('test').uses).toBe('./.github/workflows/ci.yml');
			const commands = jobOf('tag').steps.map(({ run }) => run);
			expect(commands).toContain('git merge-base --is-ancestor "$GITHUB_SHA" origin/main');
			expect(commands.join()).toContain(`require('${manifest}').version`);
			expect(publishing?.on).toEqual({ push: { tags: [tags] } });
		});
	},
);

describe('every night', () => {
	it('runs the whole fault matrix, queue mode and the malware patterns', () => {
		const nightly = workflows.find(({ file }) => file === 'nightly.yml');
		expect(nightly?.on).toHaveProperty('schedule');
		const commands = Object.values(nightly?.jobs ?? {}).flatMap(({ steps }) =>
			steps.flatMap(({ run }) => run ?? []),
		);
		expect(commands).toEqual(
			expect.arrayContaining([
				'npm run test:faults',
				'npm run test:queue -- all',
				'npm run verify:malware',
			]),
		);
	});
});

describe('every week', () => {
	const live = workflows.find(({ file }) => file === 'live.yml');
	const steps = Object.values(live?.jobs ?? {}).flatMap((job) => job.steps);

	it('reads the live service, without anything paid, and never for a stranger', () => {
		expect(Object.keys(live?.on ?? {}).sort()).toEqual(['schedule', 'workflow_dispatch']);
		expect(steps.map(({ run }) => run)).toContain('npm run live');
		expect(live?.text).not.toContain('--paid');
	});

	it('gives the token to the steps that look for it and read, and to no installation', () => {
		const holders = steps.filter(({ env }) => env !== undefined);
		expect(holders.map(({ name }) => name)).toEqual(['Look for a token', 'Read']);
	});

	it('opens nothing: it has no right but to read the source', () => {
		const jobs = Object.values(live?.jobs ?? {});
		expect(jobs.flatMap(rightsBeyondReading)).toEqual([]);
		expect(live?.text).not.toMatch(/github-script|gh issue|gh api/);
	});
});

describe('the reading of workflows', () => {
	const sha = 'a'.repeat(40);

	it.each([
		['by a tag', 'actions/checkout@v4'],
		['by a short commit', `actions/checkout@${sha.slice(0, 12)} # v4.0.0`],
		['without the name of the release', `actions/checkout@${sha}`],
		['by a branch', 'owner/action@main # v1.0.0'],
	])('finds an action pinned %s', (_, used) => {
		expect(unpinnedUses(`steps:\n  - uses: ${used}\n`)).toEqual([used]);
		expect(unpinnedUses(`    - name: x\n      uses: ${used}\n`)).toEqual([used]);
	});

	it('accepts an action pinned by its commit, and a workflow of the repository', () => {
		const text = `- uses: owner/action/sub@${sha} # v1.2.3\n  uses: ./.github/workflows/ci.yml\n`;
		expect(unpinnedUses(text)).toEqual([]);
	});

	it('finds a secret that is another one, or that stands elsewhere than in a step', () => {
		const token = 'FISHSPEECH_API_TOKEN: ${{ secrets.FISHSPEECH_API_TOKEN }}';
		expect(otherSecrets(`          ${token}\n`)).toEqual([]);
		expect(otherSecrets(`env:\n  ${token}\n`)).toHaveLength(1);
		expect(otherSecrets('          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n')).toHaveLength(1);
	});

	it('finds a checkout that keeps the token, and rights beyond reading', () => {
		const kept = { uses: `actions/checkout@${sha}`, with: {} };
		const left = { uses: kept.uses, with: { 'persist-credentials': false } };
		expect(checkoutsThatKeepTheToken([kept, left])).toEqual([kept]);
		expect(
			rightsBeyondReading({
				permissions: { contents: 'write', packages: 'read', issues: 'none' },
			}),
		).toEqual(['contents: write', 'packages: read']);
		expect(rightsBeyondReading({ permissions: { contents: 'read' } })).toEqual([]);
	});
});
