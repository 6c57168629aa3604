import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, open, readFile, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { runCommand } from '../../e2e/host/commands.mts';
import { until } from '../../e2e/host/until.mts';

export interface OwnServerOptions {
	readonly name: string;
	readonly binary: string;
	readonly args: readonly string[];
	readonly folder: string;
	/** Ends the server in order, with its clients' connections cut. */
	readonly stopSignal: NodeJS.Signals;
	readonly isReady: () => Promise<boolean>;
}

const READY_TIMEOUT_MS = 30_000;
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** A database server of this run, in a temporary folder and never as root. */
export class OwnServer {
	#process: ChildProcess | undefined;

	constructor(private readonly options: OwnServerOptions) {}

	/** Of the process that runs now. */
	get pid(): number {
		const pid = this.#process?.pid;
		if (pid === undefined) throw new Error(`${this.options.name} does not run`);
		return pid;
	}

	get folder(): string {
		return this.options.folder;
	}

	async start(): Promise<void> {
		const { name, binary, args, folder, isReady } = this.options;
		const logFile = path.join(folder, `${name}.log`);
		const log = await open(logFile, 'a');
		const child = spawn(binary, args, {
			cwd: folder,
			stdio: ['ignore', log.fd, log.fd],
			...(await unprivileged()),
		});
		this.#process = child;
		await once(child, 'spawn');
		await log.close();
		await until(`${name} to be ready`, READY_TIMEOUT_MS, async () => {
			if (hasEnded(child))
				throw new Error(`${name} did not start:\n${await readFile(logFile, 'utf8')}`);
			return (await isReady()) ? true : undefined;
		});
	}

	async stop(): Promise<void> {
		const child = this.#process;
		if (child === undefined || hasEnded(child)) return;
		const ended = once(child, 'exit');
		child.kill(this.options.stopSignal);
		await ended;
	}

	/** Stops the server and removes its data. */
	async close(): Promise<void> {
		await this.stop();
		await rm(this.options.folder, { recursive: true, force: true });
	}
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

/** A folder that a server of this run may write to. */
export async function folderOfServer(name: string): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), `fishspeech-queue-${name}-`));
	const user = await unprivileged();
	if (user !== undefined) await chown(folder, user.uid, user.gid);
	return folder;
}

/** Another user than root to run a server as; undefined when this process is not root's. */
export async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = async (flag: string) => Number(await runCommand('id', [flag, 'nobody']));
	return { uid: await idOf('-u'), gid: await idOf('-g') };
}

/** The program in the PATH or, newest version first, where Debian hides PostgreSQL's programs. */
export async function findBinary(name: string): Promise<string | undefined> {
	const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	const folders = [
		...(process.env['PATH'] ?? '').split(path.delimiter),
		...newestFirst.map((version) => path.join(DEBIAN_FOLDER, version, 'bin')),
	];
	for (const folder of folders) {
		const candidate = path.join(folder, name);
		const isFile = await stat(candidate).then(
			(found) => found.isFile(),
			() => false,
		);
		// Not its real path: Redis is another program under each of its names.
		if (isFile) return candidate;
	}
	return undefined;
}
