import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod/v4';

import { repositoryRoot } from '../support/engine/host.mts';

const FOLDER = path.join(repositoryRoot, '.github', 'workflows');

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));

const step = z.object({
	name: z.string().optional(),
	uses: z.string().optional(),
	run: z.string().optional(),
	with: z.record(z.string(), z.unknown()).default({}),
	env: z.record(z.string(), z.unknown()).optional(),
});

const job = z.object({
	needs: z
		.union([z.string(), z.array(z.string())])
		.default([])
		.transform((needs) => [needs].flat()),
	uses: z.string().optional(),
	environment: z.string().optional(),
	permissions: permissions.default({}),
	steps: z.array(step).default([]),
});

const workflow = z.object({
	on: z.record(z.string(), z.unknown()),
	permissions,
	jobs: z.record(z.string(), job),
});

export type Step = z.infer<typeof step>;
export type Job = z.infer<typeof job>;

export interface Workflow extends z.infer<typeof workflow> {
	readonly file: string;
	readonly text: string;
}

/** Every workflow of the repository, parsed; one of an unknown form throws. */
export function readWorkflows(): Workflow[] {
	return readdirSync(FOLDER)
		.sort()
		.map((file) => {
			const text = readFileSync(path.join(FOLDER, file), 'utf8');
			return { file, text, ...workflow.parse(parse(text)) };
		});
}

/** An action by its full commit, with the release named behind it, or a workflow of this repository. */
const PINNED =
	/^(?:\.\/\.github\/workflows\/[\w-]+\.yml|[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;

/** The lines of a workflow whose `uses:` is not pinned by a full commit. */
export function unpinnedUses(text: string): string[] {
	return [...text.matchAll(/^[ \t-]*uses:[ \t]*(.*)$/gm)]
		.map(([, used = '']) => used.trim())
		.filter((used) => !PINNED.test(used));
}

/** Checkouts that leave the job's token in the folder. */
export function checkoutsThatKeepTheToken(steps: readonly Step[]): Step[] {
	return steps.filter(
		(entry) =>
			entry.uses?.startsWith('actions/checkout@') === true &&
			entry.with['persist-credentials'] !== false,
	);
}

/** Every mention of secrets that is not the token of the live service, on its own, as a step's variable. */
export function otherSecrets(text: string): string[] {
	const allowed = /^ {10}FISHSPEECH_API_TOKEN: \$\{\{ secrets\.FISHSPEECH_API_TOKEN \}\}$/;
	return text.split('\n').filter((line) => /\bsecrets\b/.test(line) && !allowed.test(line));
}

/** The permissions of a job that are more than reading the source. */
export function rightsBeyondReading({ permissions: granted }: Pick<Job, 'permissions'>): string[] {
	return Object.entries(granted)
		.filter(([scope, access]) => access === 'write' || (access === 'read' && scope !== 'contents'))
		.map(([scope, access]) => `${scope}: ${access}`);
}
