import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod/v4';

import type { Runtime } from './runtime.mts';
import { until } from './until.mts';

export interface N8nProcessOptions {
	readonly runtime: Runtime;
	/** What n8n is to be (`start`, `worker`, `webhook`), with its flags. */
	readonly command: readonly string[];
	/** Where its data and its log are. */
	readonly userFolder: string;
	readonly env: Readonly<Record<string, string>>;
	/** Modules of this folder that are loaded before n8n. */
	readonly preloads?: readonly string[];
	/** Whether it takes work by now. */
	readonly isReady: () => Promise<boolean>;
}

export type LogEntry = z.infer<typeof logEntrySchema>;

const logEntrySchema = z.looseObject({
	level: z.string(),
	message: z.string(),
	metadata: z.record(z.string(), z.unknown()).default({}),
});

const READY_TIMEOUT_MS = 120_000;
const TERMINATE_TIMEOUT_MS = 60_000;
const LOG_TAIL_CHARACTERS = 4000;

/** One process of n8n with its task runners. It can be started again on the same data. */
export class N8nProcess {
	#process: ChildProcess | undefined;

	constructor(private readonly options: N8nProcessOptions) {}

	get userFolder(): string {
		return this.options.userFolder;
	}

	/** Of the process that runs now. */
	get pid(): number {
		const pid = this.#process?.pid;
		if (pid === undefined) throw new Error('This n8n does not run');
		return pid;
	}

	/** Starts n8n and returns when it is ready. */
	async launch(): Promise<void> {
		const { runtime, command, userFolder, env, preloads = [], isReady } = this.options;
		const modules = ['parent-guard.mts', ...preloads];
		const imports = modules.map((file) => `--import=${path.join(import.meta.dirname, file)}`);
		// After a crash n8n would sit still for ten seconds before it starts.
		await rm(path.join(userFolder, '.n8n/crash.journal'), { force: true });
		const log = await open(this.#logFile, 'a');
		const child = spawn(runtime.nodeBinary, [...imports, runtime.n8nScript, ...command], {
			cwd: userFolder,
			env,
			// A group of its own, so that a kill reaches the task runners too.
			detached: true,
			stdio: ['ignore', log.fd, log.fd, 'ipc'],
		});
		this.#process = child;
		await once(child, 'spawn');
		await log.close();
		await until(`n8n ${command.join(' ')} to be ready`, READY_TIMEOUT_MS, async () => {
			if (hasEnded(child)) {
				throw new Error(
					`n8n did not start:\n${(await this.logText()).slice(-LOG_TAIL_CHARACTERS)}`,
				);
			}
			return (await isReady()) ? true : undefined;
		});
	}

	/** SIGKILL to n8n and its task runners: nothing gets the chance to save anything. */
	async kill(): Promise<void> {
		const child = this.#process;
		if (child?.pid === undefined || hasEnded(child)) return;
		process.kill(-child.pid, 'SIGKILL');
		await once(child, 'exit');
	}

	/** SIGTERM, as a deployment sends it; returns when n8n has ended by itself. */
	async terminate(): Promise<void> {
		const child = this.#process;
		if (child?.pid === undefined || hasEnded(child)) return;
		const ended = once(child, 'exit', { signal: AbortSignal.timeout(TERMINATE_TIMEOUT_MS) });
		process.kill(child.pid, 'SIGTERM');
		await ended;
	}

	/** Kills n8n when it still runs and starts it again on the same data and ports. */
	async restart(): Promise<void> {
		await this.kill();
		await this.launch();
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
}

/** The status of a GET, undefined when nobody answers. */
export async function statusOf(url: string): Promise<number | undefined> {
	try {
		const response = await fetch(url);
		await response.body?.cancel();
		return response.status;
	} catch {
		return undefined;
	}
}

/** Whether an n8n with an API is ready for its first call. */
export async function servesItsApi(baseUrl: string): Promise<boolean> {
	const readiness = await statusOf(`${baseUrl}/healthz/readiness`);
	// The API is mounted after the health check; not signed in is its answer to a stranger.
	return readiness === 200 && (await statusOf(`${baseUrl}/rest/login`)) === 401;
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
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
