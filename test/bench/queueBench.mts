import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import { N8nClient } from '../e2e/host/n8n-client.mts';
import type { N8nProcess } from '../e2e/host/n8n-process.mts';
import { packPackage } from '../e2e/host/package.mts';
import { ensureRuntime, type Runtime } from '../e2e/host/runtime.mts';
import { chain, itemsOfWebhook, webhookTrigger } from '../e2e/host/workflow.mts';
import {
	CREDENTIAL_NAME,
	CREDENTIAL_TYPE,
	fishSpeechNode,
	synthesis,
} from '../e2e/support/nodes.mts';
import { Cluster, type ClusterOptions } from '../queue/cluster/cluster.mts';
import { openServices, type Services } from '../queue/services/services.mts';
import { httpRequestNode, TOKEN } from './nodes/httpRequestNode.mts';
import { baseUrlOf } from './server/behaviour.mts';
import { startServer } from './server/startServer.mts';
import { textItems } from './workbench.mts';

export interface Batch {
	readonly node: 'ours' | 'HTTP Request';
	readonly items: number;
	/** Equal shares of the items, started at the same time. */
	readonly executions: number;
}

/** n8n in queue mode with a service that answers after 100 ms with 200 KiB. */
export interface QueueBench {
	readonly cluster: Cluster;
	/** From the first webhook's call to the last execution's end. */
	wallMsOf(batch: Batch): Promise<number>;
}

export interface QueueWorkshop {
	/** Starts a cluster for the time of `work`. */
	withCluster<T>(
		options: Pick<ClusterOptions, 'workers' | 'env'>,
		work: (bench: QueueBench) => Promise<T>,
	): Promise<T>;
}

const BEHAVIOUR = { latencyMs: 100, bytes: 200 * 1024, requestsPerSecond: 0, run: 'queue' };
const NODE_CONCURRENCY = 5;
const WORKER_CONCURRENCY = 2;
const TIMEOUT_MS = 300_000;

/** Prepares what all clusters share: n8n, the package, the databases and the service. */
export async function withQueueWorkshop<T>(
	work: (workshop: QueueWorkshop) => Promise<T>,
): Promise<T> {
	const runtime = await ensureRuntime(console.error);
	const { services, close } = await openServices(runtime, console.error);
	const folder = await mkdtemp(path.join(tmpdir(), 'bench-package-'));
	const server = await startServer();
	try {
		const packageArchive = await packPackage(folder);
		const baseUrl = baseUrlOf(server.origin, BEHAVIOUR);
		const given = { runtime, services, packageArchive };
		return await work({
			withCluster: async (options, measure) => await withCluster(given, options, baseUrl, measure),
		});
	} finally {
		server.close();
		await close();
		await rm(folder, { recursive: true, force: true });
	}
}

async function withCluster<T>(
	given: { runtime: Runtime; services: Services; packageArchive: string },
	{ workers, env }: Pick<ClusterOptions, 'workers' | 'env'>,
	baseUrl: string,
	work: (bench: QueueBench) => Promise<T>,
): Promise<T> {
	await using cluster = await Cluster.start({
		...given,
		workers,
		workerConcurrency: WORKER_CONCURRENCY,
		env: { ...env, N8N_LOG_LEVEL: 'error', N8N_PAYLOAD_SIZE_MAX: '64' },
	});
	const client = await N8nClient.signIn(cluster.baseUrl);
	const nodes = {
		ours: await speakNode(client, baseUrl),
		'HTTP Request': httpRequestNode(`${baseUrl}/speech/tts`),
	};
	const workflows = new Map<string, Awaited<ReturnType<N8nClient['createWorkflow']>>>();
	for (const [name, node] of Object.entries(nodes)) {
		const nodesInOrder = [webhookTrigger(pathOf(name)), itemsOfWebhook(), node];
		const workflow = await client.createWorkflow(chain(name, nodesInOrder));
		await client.activate(workflow);
		workflows.set(name, workflow);
	}
	return await work({
		cluster,
		wallMsOf: async ({ node, items, executions }) => {
			const workflow = workflows.get(node);
			if (workflow === undefined) throw new Error(`There is no workflow "${node}"`);
			const share = textItems(items / executions).map(({ json }) => json);
			const bodies = Array.from({ length: executions }, () => ({ items: share }));
			const startedAtMs = Date.now();
			const ids = await client.startByWebhooks(workflow, pathOf(node), bodies);
			const ended = await Promise.all(ids.map(async (id) => await client.endOf(id, TIMEOUT_MS)));
			const failed = ended.find(({ status }) => status !== 'success');
			if (failed !== undefined) throw new Error(`${node}: execution ${failed.id} ${failed.status}`);
			const endsMs = ended.map(({ stoppedAt }) => Date.parse(stoppedAt ?? ''));
			for (const execution of ended) await client.deleteExecution(execution);
			return Math.max(...endsMs) - startedAtMs;
		},
	});
}

async function speakNode(client: N8nClient, baseUrl: string): Promise<INode> {
	const data = { apiToken: TOKEN, baseUrl };
	const { id, name } = await client.createCredential(CREDENTIAL_NAME, CREDENTIAL_TYPE, data);
	const options = { concurrency: NODE_CONCURRENCY };
	const parameters = synthesis('={{ $json.text }}', { options });
	const credentials = { [CREDENTIAL_TYPE]: { id, name } };
	return fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, { credentials });
}

function pathOf(name: string): string {
	return name.toLowerCase().replace(' ', '-');
}

/** How much more resident memory than before a process had at its highest during `work`, in MiB. */
export async function growthMibOf(
	{ pid }: N8nProcess,
	work: () => Promise<unknown>,
): Promise<number> {
	const mib = (field: string) => {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
	};
	// Forgets what was the highest so far.
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
	const beforeMib = mib('VmRSS');
	await work();
	return mib('VmHWM') - beforeMib;
}
