import { fork } from 'node:child_process';
import path from 'node:path';

/**
 * Runs a module of the benchmark in a process of its own, which has `gc`, and returns the one message that it sends.
 * Rejects when it ends without one.
 */
export async function runInChild<T>(
	module: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Promise<T> {
	return await new Promise((resolve, reject) => {
		const child = fork(path.join(import.meta.dirname, module), args, {
			execArgv: ['--expose-gc', '--import', 'tsx'],
			env: { ...process.env, ...env },
		});
		child.once('message', (message) => resolve(message as T));
		child.once('error', reject);
		child.once('exit', (code) =>
			reject(new Error(`${[module, ...args].join(' ')} ended with ${code} and no result`)),
		);
	});
}
