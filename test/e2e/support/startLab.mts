import { inject } from 'vitest';

import { Lab, type LabOptions } from './lab.mts';

/** A lab over the n8n and the archive of this test run. */
export async function startLab(
	options: Omit<LabOptions, 'runtime' | 'packageArchive'> = {},
): Promise<Lab> {
	const packageArchive = inject(
		options.service === 'aceData' ? 'aceDataArchive' : 'packageArchive',
	);
	return await Lab.start({ ...options, runtime: inject('runtime'), packageArchive });
}
