import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { n8nEnvironment } from './n8n-environment.mts';
import { type LogEntry, N8nProcess, servesItsApi } from './n8n-process.mts';
import { unpackIntoN8n } from './package.mts';
import { freePorts } from './ports.mts';
import type { Runtime } from './runtime.mts';

export interface N8nServerOptions {
	readonly runtime: Runtime;
	/** The archive that `npm pack` made of the package under test. */
	readonly packageArchive: string;
	/** Added to n8n's environment, or in the place of what stands there. */
	readonly env?: Readonly<Record<string, string>>;
	/** Whether n8n serves its editor; starting without it is faster. */
	readonly ui?: boolean;
	/** Whether `require('undici')` fails in community packages. */
	readonly hideUndici?: boolean;
}

/** A real n8n in processes of its own, with its data in a temporary folder. */
export class N8nServer implements AsyncDisposable {
	private constructor(
		private readonly process: N8nProcess,
		readonly baseUrl: string,
	) {}

	static async start(options: N8nServerOptions): Promise<N8nServer> {
		const { runtime, packageArchive, env, ui = false, hideUndici = false } = options;
		const userFolder = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-e2e-n8n-'));
		const [port, brokerPort] = await freePorts(2);
		if (port === undefined || brokerPort === undefined) throw new Error('No free ports');
		const baseUrl = `http://127.0.0.1:${port}`;
		const n8n = new N8nProcess({
			runtime,
			command: ['start'],
			userFolder,
			env: { ...n8nEnvironment({ runtime, userFolder, port, brokerPort, ui }), ...env },
			preloads: hideUndici ? ['hide-undici.mts'] : [],
			isReady: async () => await servesItsApi(baseUrl),
		});
		const server = new N8nServer(n8n, baseUrl);
		try {
			await unpackIntoN8n(packageArchive, userFolder);
			await n8n.launch();
			return server;
		} catch (error) {
			await server.close();
			throw error;
		}
	}

	get userFolder(): string {
		return this.process.userFolder;
	}

	/** SIGKILL to n8n and its task runners: nothing gets the chance to save anything. */
	async kill(): Promise<void> {
		await this.process.kill();
	}

	/** Kills n8n when it still runs and starts it again on the same data and ports. */
	async restart(): Promise<void> {
		await this.process.restart();
	}

	/** Ends n8n and removes its data. */
	async close(): Promise<void> {
		await this.kill();
		await rm(this.userFolder, { recursive: true, force: true, maxRetries: 3 });
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.close();
	}

	/** All that n8n printed so far, over restarts too. */
	async logText(): Promise<string> {
		return await this.process.logText();
	}

	/** The structured lines of the log; what is not JSON is left out. */
	async logEntries(): Promise<LogEntry[]> {
		return await this.process.logEntries();
	}
}
