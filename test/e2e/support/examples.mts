import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { REPOSITORY_ROOT } from '../host/runtime.mts';
import type { WorkflowDefinition } from '../host/workflow.mts';

export const EXAMPLES_FOLDER = path.join(REPOSITORY_ROOT, 'examples');

export interface Example {
	/** Of the file, without its extension. */
	readonly name: string;
	readonly workflow: WorkflowDefinition;
}

export const ACEDATA_EXAMPLES_FOLDER = path.join(REPOSITORY_ROOT, 'packages/acedata-fish/examples');

/** The workflows of `examples/`, as they would be imported. */
export async function readExamples(folder = EXAMPLES_FOLDER): Promise<Example[]> {
	const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
	return await Promise.all(
		files.sort().map(async (file) => {
			const text = await readFile(path.join(folder, file), 'utf8');
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
		Object.keys(credentials).some((type) => node.credentials?.[type] !== undefined)
			? { ...node, credentials: { ...node.credentials, ...credentials } }
			: node,
	);
	return { ...workflow, nodes };
}
