import { expect, it, vi } from 'vitest';
import {
	ENDPOINTS,
	failureOf,
	synthesize,
	texts,
	useLab,
	type Lab,
} from '../support/lab/index.mts';

/** Long enough for a slow machine. */
const SOON = { timeout: 30_000, interval: 5 };

const lab = useLab({ clock: 'real' });

const readProfile = async (run: Parameters<Lab['run']>[2] = {}) =>
	await lab.run('fishSpeechProfile', { operation: 'get' }, run);

/** Starts a call that is turned away, and returns once the node knows of it. */
async function turnedAway(retryAfterSeconds: number, signal?: AbortSignal) {
	lab.engine.clearLogs();
	lab.control.addFaults({
		match: { path: ENDPOINTS.synthesize },
		do: { kind: 'status', status: 429, retryAfter: retryAfterSeconds },
	});
	const speech = lab.run('fishSpeechTextToSpeech', synthesize(), { items: texts(1), signal });
	const isKnown = () => lab.engine.logs.some(({ metadata }) => metadata['status'] === 429);
	await vi.waitUntil(isKnown, SOON);
	return { speech };
}

it('a call whose media have arrived takes no place at the gate, however long n8n stores them', async () => {
	lab.control.configure({ latencyMs: 50 });
	lab.control.addFaults(
		...[3, 4].map((nth) => ({
			match: { path: ENDPOINTS.synthesize, nth },
			do: { kind: 'status' as const, status: 429, retryAfter: 1 },
		})),
	);
	const letGo = lab.engine.binary.holdStoring();
	const options = { concurrency: 4 };
	const speech = lab.run('fishSpeechTextToSpeech', synthesize({ options }), { items: texts(9) });
	// It has learned that two at once are allowed. The first two would be those for as long as they are stored.
	await vi.waitUntil(() => lab.control.stats().accepted === 8, SOON);
	letGo();
	expect((await speech).rows).toHaveLength(9);
});

it('a 429 of one node holds back another node of the same account, in another execution', async () => {
	const { speech } = await turnedAway(1);
	const [spoken, profile] = await Promise.all([speech, readProfile()]);
	expect([spoken.status, profile.status]).toEqual(['success', 'success']);
	const [refused] = lab.control.requests(ENDPOINTS.synthesize);
	const [read] = lab.control.requests(ENDPOINTS.getProfile);
	expect(lab.control.requests()).toHaveLength(3);
	expect((read?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
});

it('and does not hold back another account, nor anybody after Stop', async () => {
	const stop = new AbortController();
	const { speech } = await turnedAway(60, stop.signal);
	const held = readProfile({ signal: stop.signal });
	const { baseUrl } = lab.sandbox;
	const credential = lab.engine.credential('fishSpeechApi', { apiToken: 'another', baseUrl });
	const others = await readProfile({ credential });
	expect(failureOf(others).details.reason).toBe('unauthorized');
	expect(lab.control.requests(ENDPOINTS.getProfile)).toHaveLength(1);
	stop.abort();
	await Promise.all([speech, held]);
	expect(lab.control.requests()).toHaveLength(2);
});
