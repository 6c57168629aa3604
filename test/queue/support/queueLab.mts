import type { INode, INodeParameters } from 'n8n-workflow';
import { inject } from 'vitest';

import type { SandboxOptions } from '../../sandbox/server.mts';
import type { Execution } from '../../e2e/host/execution.mts';
import type { Workflow } from '../../e2e/host/n8n-client.mts';
import { chain, itemsOfWebhook, webhookTrigger } from '../../e2e/host/workflow.mts';
import { Lab } from '../../e2e/support/lab.mts';
import { type NodeTypeName, type ServiceName, fishSpeechNode } from '../../e2e/support/nodes.mts';
import { Cluster, type ClusterOptions } from '../cluster/cluster.mts';

export type QueueLab = Lab<Cluster>;

export interface QueueLabOptions extends Partial<ClusterOptions> {
	readonly sandbox?: SandboxOptions;
	readonly service?: ServiceName;
}

/** A lab over a cluster of this run. */
export async function startQueueLab({
	sandbox,
	service = 'fishSpeech',
	...options
}: QueueLabOptions = {}): Promise<QueueLab> {
	const given = {
		runtime: inject('runtime'),
		packageArchive: inject(service === 'aceData' ? 'aceDataArchive' : 'packageArchive'),
		services: inject('services'),
	};
	const start = async () => await Cluster.start({ ...given, ...options });
	return await Lab.around(start, sandbox, service);
}

const BATCH_TIMEOUT_MS = 180_000;

/** The name of the node under test in a batch workflow. */
export const TESTED = 'Tested';

export interface BatchWorkflow {
	/** Starts one execution for each list of items, all at the same time; returns their IDs. */
	start(...batches: ReadonlyArray<ReadonlyArray<object>>): Promise<string[]>;
	/** The same, and waits until all have ended. */
	run(...batches: ReadonlyArray<ReadonlyArray<object>>): Promise<Execution[]>;
}

/** An active workflow that gives the items of a webhook's body, after the nodes `before`, to one node of the package. */
export async function activateBatch(
	lab: QueueLab,
	path: string,
	type: NodeTypeName,
	parameters: INodeParameters,
	before: readonly INode[] = [],
): Promise<BatchWorkflow> {
	const { client, credentials } = lab;
	const tested = fishSpeechNode(TESTED, type, parameters, { credentials });
	const nodes = [webhookTrigger(path), ...before, itemsOfWebhook(), tested];
	const workflow: Workflow = await lab.activate(chain(path, nodes));
	const start: BatchWorkflow['start'] = async (...batches) => {
		const bodies = batches.map((items) => ({ items }));
		return await client.startByWebhooks(workflow, path, bodies);
	};
	return {
		start,
		run: async (...batches) => {
			const ids = await start(...batches);
			return await Promise.all(ids.map(async (id) => await client.endOf(id, BATCH_TIMEOUT_MS)));
		},
	};
}

/** What was bought, in the order of buying. */
export function boughtOf({ sandbox }: QueueLab): string[] {
	return sandbox.control.charges().map(({ subject }) => subject);
}
