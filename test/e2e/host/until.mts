import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;

/**
 * Asks until the answer is there and returns it.
 * @throws when it is still missing after `timeoutMs`; the message names what was awaited.
 */
export async function until<T>(
	awaited: string,
	timeoutMs: number,
	ask: () => Promise<T | undefined>,
): Promise<T> {
	const deadlineMs = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > deadlineMs)
			throw new Error(`Still waiting for ${awaited} after ${timeoutMs} ms`);
		await sleep(POLL_INTERVAL_MS);
	}
}
