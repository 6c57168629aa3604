import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod/v4';

import { n8nEnvironment } from './n8n-environment.mts';
import { unpackIntoN8n } from './package.mts';
import { freePorts } from './ports.mts';
import type { Runtime } from './runtime.mts';
import { until } from './until.mts';

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

export type LogEntry = z.infer<typeof logEntrySchema>;

const logEntrySchema = z.looseObject({
	level: z.string(),
	message: z.string(),
	metadata: z.record(z.string(), z.unknown()).default({}),
});

const READY_TIMEOUT_MS = 120_000;
const LOG_TAIL_CHARACTERS = 4000;

/** A real n8n in processes of its own, with its data in a temporary folder. */
export class N8nServer implements AsyncDisposable {
	#process: ChildProcess | undefined;

	private constructor(
		private readonly options: N8nServerOptions,
		readonly userFolder: string,
		private readonly port: number,
		private readonly brokerPort: number,
	) {}

	static async start(options: N8nServerOptions): Promise<N8nServer> {
		const userFolder = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-e2e-n8n-'));
		const [port, brokerPort] = await freePorts(2);
		if (port === undefined || brokerPort === undefined) throw new Error('No free ports');
		const server = new N8nServer(options, userFolder, port, brokerPort);
		try {
			await unpackIntoN8n(options.packageArchive, userFolder);
			await server.#launch();
			return server;
		} catch (error) {
			await server.close();
			throw error;
		}
	}

	get baseUrl(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** SIGKILL to n8n and its task runners: nothing gets the chance to save anything. */
	async kill(): Promise<void> {
		const child = this.#process;
		if (child?.pid === undefined || hasEnded(child)) return;
		process.kill(-child.pid, 'SIGKILL');
		await once(child, 'exit');
	}

	/** Kills n8n when it still runs and starts it again on the same data and ports. */
	async restart(): Promise<void> {
		await this.kill();
		// After a crash n8n would sit still for ten seconds before it starts.
		await rm(path.join(this.userFolder, '.n8n/crash.journal'), { force: true });
		await this.#launch();
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
		return await readFile(this.#logFile, 'utf8');
	}

	/** The structured lines of the log; what is not JSON is left out. */
	async logEntries(): Promise<LogEntry[]> {
		return (await this.logText()).split('\n').flatMap(parseLogLine);
	}

	get #logFile(): string {
		return path.join(this.userFolder, 'n8n.log');
	}

	async #launch(): Promise<void> {
		const { runtime, env, ui = false, hideUndici = false } = this.options;
		const { userFolder, port, brokerPort } = this;
		const preloads = ['parent-guard.mts', ...(hideUndici ? ['hide-undici.mts'] : [])];
		const imports = preloads.map((file) => `--import=${path.join(import.meta.dirname, file)}`);
		const log = await open(this.#logFile, 'a');
		const child = spawn(runtime.nodeBinary, [...imports, runtime.n8nScript, 'start'], {
			cwd: userFolder,
			env: { ...n8nEnvironment({ runtime, userFolder, port, brokerPort, ui }), ...env },
			// A group of its own, so that a kill reaches the task runners too.
			detached: true,
			stdio: ['ignore', log.fd, log.fd, 'ipc'],
		});
		this.#process = child;
		await once(child, 'spawn');
		await log.close();
		await until('n8n to be ready', READY_TIMEOUT_MS, async () => {
			if (hasEnded(child)) {
				throw new Error(
					`n8n did not start:\n${(await this.logText()).slice(-LOG_TAIL_CHARACTERS)}`,
				);
			}
			return (await this.#isReady()) ? true : undefined;
		});
	}

	async #isReady(): Promise<boolean> {
		const readiness = await statusOf(`${this.baseUrl}/healthz/readiness`);
		// The API is mounted after the health check; not signed in is its answer to a stranger.
		return readiness === 200 && (await statusOf(`${this.baseUrl}/rest/login`)) === 401;
	}
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

async function statusOf(url: string): Promise<number | undefined> {
	try {
		const response = await fetch(url);
		await response.body?.cancel();
		return response.status;
	} catch {
		return undefined;
	}
}

function parseLogLine(line: string): LogEntry[] {
	if (!line.startsWith('{')) return [];
	try {
		const { success, data } = logEntrySchema.safeParse(JSON.parse(line));
		return success ? [data] : [];
	} catch {
		return [];
	}
}
