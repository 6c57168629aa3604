import { spawn } from 'node:child_process';

export interface CommandOptions {
	readonly cwd?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** Another user to run it as. */
	readonly uid?: number;
	readonly gid?: number;
}

const OUTPUT_TAIL_CHARACTERS = 3000;

/** Runs a program to its end and returns its stdout; a failure carries the tail of all its output. */
export async function runCommand(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<string> {
	return await new Promise((resolve, reject) => {
		const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
		let stdout = '';
		let output = '';
		child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
			stdout += chunk;
			output += chunk;
		});
		child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
		});
		child.once('error', reject);
		child.once('close', (code, signal) => {
			if (code === 0) resolve(stdout);
			else {
				const end = signal ?? `exit code ${code ?? 'unknown'}`;
				const tail = output.slice(-OUTPUT_TAIL_CHARACTERS).trim();
				reject(new Error(`${command} ${args.join(' ')} ended with ${end}\n${tail}`));
			}
		});
	});
}

/**
 * The environment for a nested npm. `npm run` exports its own configuration and the outer package
 * to its children, which would make the nested one act on the wrong project.
 */
export function npmEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(
		([name]) =>
			!/^npm_(package|lifecycle|command|execpath|node_execpath)/.test(name) &&
			![
				'npm_config_local_prefix',
				'npm_config_ignore_scripts',
				'INIT_CWD',
				'NODE_OPTIONS',
			].includes(name),
	);
	return { ...Object.fromEntries(inherited), ...extra };
}
