import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

import { packAceData } from '../acedata/assemble/pack.mts';
import { packPackage } from './host/package.mts';
import { createReport, withProgress } from './host/progress.mts';
import { type Runtime, ensureRuntime } from './host/runtime.mts';

declare module 'vitest' {
	export interface ProvidedContext {
		/** The n8n that all suites run. */
		runtime: Runtime;
		/** The archive of the package as it would be published. */
		packageArchive: string;
		/** The same of the second package. */
		aceDataArchive: string;
	}
}

/** Once for all suites: an n8n to run, and the package packed as for publishing. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const report = createReport();
	project.provide('runtime', await ensureRuntime(report));
	const folder = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-e2e-package-'));
	const pack = async () => await packPackage(folder);
	project.provide('packageArchive', await withProgress(report, 'Building the package', pack));
	const packSecond = async () => await packAceData(folder);
	const aceData = await withProgress(report, 'Building the second package', packSecond);
	project.provide('aceDataArchive', aceData);
	return async () => await rm(folder, { recursive: true, force: true });
}
