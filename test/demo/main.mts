import { say } from './progress.mts';
import { openStage, outputDirectory, type Step } from './stage.mts';
import { callbacks } from './steps/callbacks.mts';
import { dialogue } from './steps/dialogue.mts';
import { dubbing } from './steps/dubbing.mts';
import { jobs } from './steps/jobs.mts';
import { longText } from './steps/longText.mts';
import { newsletter } from './steps/newsletter.mts';

const steps: readonly Step[] = [newsletter, jobs, longText, dialogue, dubbing];

async function main(): Promise<void> {
	const stage = await openStage();
	try {
		for (const [index, step] of steps.entries()) {
			say(`\n${index + 1}. ${step.title}`);
			await step.run(stage);
		}
	} finally {
		await stage.close();
	}
	say(`\n${steps.length + 1}. ${callbacks.title}`);
	await callbacks.run();
	say(`\nAll files are in ${outputDirectory}`);
}

main().catch((error: unknown) => {
	process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
