import { EXIT, runLive } from './live.mts';
import { readOptions } from './options.mts';

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2), process.env);
	const { exitCode } = await runLive(options, (line) => process.stdout.write(`${line}\n`));
	process.exitCode = exitCode;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = EXIT.notStarted;
});
