import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { REPOSITORY_ROOT } from '../host/runtime.mts';
import type { WorkflowDefinition } from '../host/workflow.mts';
import { CREDENTIAL_TYPE } from './nodes.mts';

export const EXAMPLES_FOLDER = path.join(REPOSITORY_ROOT, 'examples');

export interface Example {
	/** Of the file, without its extension. */
	readonly name: string;
	readonly workflow: WorkflowDefinition;
}

/** The workflows of `examples/`, as they would be imported. */
export async function readExamples(): Promise<Example[]> {
	const files = (await readdir(EXAMPLES_FOLDER)).filter((file) => file.endsWith('.json'));
	return await Promise.all(
		files.sort().map(async (file) => {
			const text = await readFile(path.join(EXAMPLES_FOLDER, file), 'utf8');
			const workflow: WorkflowDefinition = JSON.parse(text);
			return { name: path.basename(file, '.json'), workflow };
		}),
	);
}

/** What importing does by hand: each node of ours gets the credential of this n8n. */
export function withCredential(
	workflow: WorkflowDefinition,
	credentials: Readonly<Record<string, { id: string; name: string }>>,
): WorkflowDefinition {
	const nodes = workflow.nodes.map((node) =>
		node.credentials?.[CREDENTIAL_TYPE] === undefined
			? node
			: { ...node, credentials: { ...node.credentials, ...credentials } },
	);
	return { ...workflow, nodes };
}
