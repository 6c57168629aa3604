import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

import { packAceData } from '../acedata/assemble/pack.mts';
import { packPackage } from '../e2e/host/package.mts';
import { createReport, withProgress } from '../e2e/host/progress.mts';
import { ensureRuntime } from '../e2e/host/runtime.mts';
import { type Services, openServices } from './services/services.mts';

declare module 'vitest' {
	export interface ProvidedContext {
		/** The databases that all suites use. */
		services: Services;
	}
}

/** Once for all suites: an n8n to run, PostgreSQL and Redis, and the package packed as for publishing. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const report = createReport('queue');
	const runtime = await ensureRuntime(report);
	const { services, close } = await openServices(runtime, report);
	const folder = await mkdtemp(path.join(os.tmpdir(), 'fishspeech-queue-package-'));
	const tearDown = async () => {
		await close();
		await rm(folder, { recursive: true, force: true });
	};
	try {
		const pack = async () => await packPackage(folder);
		project.provide('packageArchive', await withProgress(report, 'Building the package', pack));
		const packSecond = async () => await packAceData(folder);
		const aceData = await withProgress(report, 'Building the second package', packSecond);
		project.provide('aceDataArchive', aceData);
		project.provide('runtime', runtime);
		project.provide('services', services);
		return tearDown;
	} catch (error) {
		await tearDown();
		throw error;
	}
}
