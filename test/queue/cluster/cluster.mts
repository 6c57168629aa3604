import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { n8nEnvironment } from '../../e2e/host/n8n-environment.mts';
import { N8nProcess, servesItsApi, statusOf } from '../../e2e/host/n8n-process.mts';
import { unpackIntoN8n } from '../../e2e/host/package.mts';
import { freePorts } from '../../e2e/host/ports.mts';
import type { Runtime } from '../../e2e/host/runtime.mts';
import { until } from '../../e2e/host/until.mts';
import { createDatabase } from '../services/postgres.mts';
import type { Services } from '../services/services.mts';
import { queueEnvironment } from './queueEnvironment.mts';
import { type ReverseProxy, startReverseProxy } from './reverseProxy.mts';

export interface ClusterOptions {
	readonly runtime: Runtime;
	/** The archive that `npm pack` made of the package under test. */
	readonly packageArchive: string;
	readonly services: Services;
	/** 2 by default. */
	readonly workers?: number;
	/** 1 by default. */
	readonly webhooks?: number;
	/** How many executions a worker runs at a time; 5 by default. */
	readonly workerConcurrency?: number;
	/** Added to the environment of all processes. */
	readonly env?: Readonly<Record<string, string>>;
}

const PICK_UP_TIMEOUT_MS = 30_000;

let clusters = 0;

/** n8n in queue mode: a main, webhook processes and workers over a database of their own, behind a reverse proxy. */
export class Cluster implements AsyncDisposable {
	private constructor(
		private readonly folder: string,
		private readonly proxy: ReverseProxy,
		/** The name of its database. */
		readonly database: string,
		readonly main: N8nProcess,
		readonly webhooks: readonly N8nProcess[],
		readonly workers: readonly N8nProcess[],
	) {}

	static async start(options: ClusterOptions): Promise<Cluster> {
		const { runtime, services, packageArchive, workers = 2, webhooks = 1 } = options;
		const { postgres, redis } = services;
		// Files of a run are processes of their own.
		const prefix = `${services.prefix}_${process.pid}_${++clusters}`;
		await createDatabase(runtime, postgres, prefix);
		const folder = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-queue-n8n-'));
		const proxy = await startReverseProxy();
		const { baseUrl } = proxy;
		const shared = queueEnvironment({ postgres, redis, database: prefix, prefix, baseUrl });

		const several = (count: number, role: string) => Array.from({ length: count }, () => role);
		const roles = ['start', ...several(webhooks, 'webhook'), ...several(workers, 'worker')];
		const ports = await freePorts(2 * roles.length);
		const [main, ...others] = roles.map((role, index) => {
			const [port = 0, brokerPort = 0] = ports.slice(2 * index);
			const userFolder = path.join(folder, `${role}-${index}`);
			const place = { runtime, userFolder, port, brokerPort, ui: false };
			const origin = `http://127.0.0.1:${port}`;
			const isWorker = role === 'worker';
			return new N8nProcess({
				runtime,
				userFolder,
				command: isWorker ? [role, `--concurrency=${options.workerConcurrency ?? 5}`] : [role],
				env: {
					...n8nEnvironment(place),
					...shared,
					...(isWorker && {
						QUEUE_HEALTH_CHECK_ACTIVE: 'true',
						QUEUE_HEALTH_CHECK_PORT: String(port),
					}),
					...options.env,
				},
				isReady: async () =>
					role === 'start'
						? await servesItsApi(origin)
						: (await statusOf(`${origin}/healthz/readiness`)) === 200,
			});
		});
		if (main === undefined) throw new Error('No main');
		const [mainPort = 0, ...otherPorts] = ports.filter((_port, index) => index % 2 === 0);
		proxy.forwardTo({ main: mainPort, webhooks: otherPorts.slice(0, webhooks) });
		const [webhookProcesses, workerProcesses] = [others.slice(0, webhooks), others.slice(webhooks)];
		const cluster = new Cluster(folder, proxy, prefix, main, webhookProcesses, workerProcesses);
		try {
			for (const n8n of cluster.#processes) await unpackIntoN8n(packageArchive, n8n.userFolder);
			// The main makes the tables that the others need.
			await main.launch();
			await Promise.all(others.map(async (n8n) => await n8n.launch()));
			return cluster;
		} catch (error) {
			await cluster.close();
			throw error;
		}
	}

	/** The address of the reverse proxy, which is `WEBHOOK_URL` too. */
	get baseUrl(): string {
		return this.proxy.baseUrl;
	}

	/** The worker that has taken up an execution. */
	async workerOf(executionId: string): Promise<N8nProcess> {
		return await until(`a worker for execution ${executionId}`, PICK_UP_TIMEOUT_MS, async () => {
			for (const worker of this.workers) {
				if ((await executionsOn(worker)).includes(executionId)) return worker;
			}
			return undefined;
		});
	}

	/** How many of these executions each worker has taken up. */
	async shares(executionIds: readonly string[]): Promise<number[]> {
		return await Promise.all(
			this.workers.map(async (worker) => {
				const taken = await executionsOn(worker);
				return executionIds.filter((id) => taken.includes(id)).length;
			}),
		);
	}

	/** What all processes printed so far. */
	async logText(): Promise<string> {
		const logs = await Promise.all(this.#processes.map(async (n8n) => await n8n.logText()));
		return logs.join('\n');
	}

	/** Ends all processes and removes their folders; the database goes at the end of the run. */
	async close(): Promise<void> {
		await Promise.all(this.#processes.map(async (n8n) => await n8n.kill()));
		await this.proxy.close();
		await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.close();
	}

	get #processes(): readonly N8nProcess[] {
		return [this.main, ...this.webhooks, ...this.workers];
	}
}

async function executionsOn(worker: N8nProcess): Promise<string[]> {
	return (await worker.logEntries())
		.filter(({ message }) => message.startsWith('Worker started execution'))
		.map(({ metadata }) => String(metadata['executionId']));
}
