import { afterAll, beforeAll, beforeEach } from 'vitest';

import type { Lab, LabOptions } from './lab.mts';
import { startLab } from './startLab.mts';

/**
 * A lab for the tests of a `describe`: started before the first, its sandbox reset before each, closed after the last.
 * Its members can be used inside tests and hooks only.
 */
export function useLab(options: Omit<LabOptions, 'runtime' | 'packageArchive'> = {}): Lab {
	let lab: Lab | undefined;
	beforeAll(async () => {
		lab = await startLab(options);
	});
	beforeEach(async () => await lab?.sandbox.control.reset());
	afterAll(async () => await lab?.[Symbol.asyncDispose]());
	const started = (): Lab => {
		if (lab === undefined) throw new Error('the lab starts with the first test');
		return lab;
	};
	return {
		get server() {
			return started().server;
		},
		get client() {
			return started().client;
		},
		get sandbox() {
			return started().sandbox;
		},
		get credential() {
			return started().credential;
		},
		get credentials() {
			return started().credentials;
		},
		run: async (...workflow) => await started().run(...workflow),
		activate: async (definition) => await started().activate(definition),
		[Symbol.asyncDispose]: async () => await started()[Symbol.asyncDispose](),
	};
}
