/** `npm run n8n`: a real n8n with the editor, the sandbox, a credential and the examples, until Ctrl-C. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { OWNER } from '../host/n8n-client.mts';
import { packPackage } from '../host/package.mts';
import { createReport, withProgress } from '../host/progress.mts';
import { ensureRuntime } from '../host/runtime.mts';
import { readExamples, withCredential } from '../support/examples.mts';
import { Lab } from '../support/lab.mts';

const JOB_DURATION_MS = 4_000;

async function main(): Promise<void> {
	const report = createReport();
	const interrupted = new Promise<void>((resolve) => {
		// Listeners stay: a second signal, as npm passes it on, must not cut the tidying up short.
		for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
	});
	const folder = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-play-'));
	try {
		const runtime = await ensureRuntime(report);
		const pack = async () => await packPackage(folder);
		const packageArchive = await withProgress(report, 'Building the package', pack);
		const sandbox = {
			voice: 'spoken',
			jobDurationMs: JOB_DURATION_MS,
			usageHeaders: true,
		} as const;
		const start = async () => await Lab.start({ runtime, packageArchive, ui: true, sandbox });
		await using lab = await withProgress(report, 'Starting n8n', start);
		for (const { workflow } of await readExamples())
			await lab.client.createWorkflow(withCredential(workflow, lab.credentials));
		process.stdout.write(
			`Open ${lab.server.baseUrl} and sign in as ${OWNER.email} with ${OWNER.password} (Ctrl-C ends all of it)\n`,
		);
		await interrupted;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

await main();
