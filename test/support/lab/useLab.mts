import { afterAll, afterEach, beforeAll } from 'vitest';
import { startLab, type Lab, type LabOptions } from './lab.mts';

/**
 * A lab for the tests of a file or of a `describe`: started before the first, reset after each, closed after the last.
 * Its members can be used inside tests and hooks only.
 */
export function useLab(options: LabOptions = {}): Lab {
	let lab: Lab | undefined;
	beforeAll(async () => {
		lab = await startLab(options);
	});
	afterEach(async () => {
		await lab?.reset();
	});
	afterAll(async () => {
		await lab?.close();
	});
	const started = (): Lab => {
		if (lab === undefined) throw new Error('the lab starts with the first test');
		return lab;
	};
	return {
		get engine() {
			return started().engine;
		},
		get sandbox() {
			return started().sandbox;
		},
		get control() {
			return started().control;
		},
		get credential() {
			return started().credential;
		},
		get clock() {
			return started().clock;
		},
		run: async (...run) => await started().run(...run),
		trigger: (...about) => started().trigger(...about),
		reset: async () => await started().reset(),
		close: async () => await started().close(),
	};
}
