import { sleep as hostSleep } from 'n8n-workflow';

import type { Clock } from '../api/clock';

/** Hosts before n8n 2.35 ignore the signal of their `sleep`, so Stop is looked for at least this often. */
const LONGEST_SLICE_MS = 1_000;

async function slicedSleep(ms: number, signal?: AbortSignal): Promise<void> {
	let leftMs = ms;
	do {
		signal?.throwIfAborted();
		const sliceMs = Math.min(LONGEST_SLICE_MS, Math.max(0, leftMs));
		await hostSleep(sliceMs, signal);
		leftMs -= sliceMs;
	} while (leftMs > 0);
	signal?.throwIfAborted();
}

/** The one place through which time enters this package. Tests replace its members. */
export const runtime: Clock = {
	now: () => Date.now(),
	elapsed: () => performance.now(),
	sleep: slicedSleep,
	random: () => Math.random(),
};
