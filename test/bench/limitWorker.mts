import { createRequire } from 'node:module';
import path from 'node:path';
import type * as ApiClientModule from '../../nodes/shared/api/client/apiClient.ts';
import type * as UndiciTransportModule from '../../nodes/shared/api/http/undiciTransport.ts';
import type * as SpeechJobsModule from '../../nodes/shared/fishspeech/speechJobs.ts';
import type * as ServiceModule from '../../nodes/shared/fishspeech/service.ts';
import type * as RuntimeModule from '../../nodes/shared/host/runtime.ts';

const load = createRequire(import.meta.url);
// Not through builtModule.mts, which would load n8n's whole engine.
const built = <T,>(name: string): T =>
	load(path.join(import.meta.dirname, '../../dist/nodes/shared', name)) as T;

const { ApiClient, openAccount } = built<typeof ApiClientModule>('api/client/apiClient');
const { undiciTransport } = built<typeof UndiciTransportModule>('api/http/undiciTransport');
const { createSpeechJob } = built<typeof SpeechJobsModule>('fishspeech/speechJobs');
const { fishSpeech } = built<typeof ServiceModule>('fishspeech/service');
const { runtime } = built<typeof RuntimeModule>('host/runtime');

/** What a worker is told to send, once it has said that it is ready. */
export interface LimitWork {
	readonly baseUrl: string;
	readonly token: string;
	readonly items: number;
	readonly concurrency: number;
}

export interface LimitResult {
	readonly requests: number;
	readonly failedItems: number;
	readonly wallMs: number;
	/** Of each item, in the order in which they were started. */
	readonly waitsMs: readonly number[];
}

/** One n8n process, as far as an account's limit is concerned: a batch of creates through the retries and the gate. */
async function work({ baseUrl, token, items, concurrency }: LimitWork): Promise<LimitResult> {
	const transport = await undiciTransport();
	if (transport === undefined) throw new Error('undici does not resolve');
	const account = openAccount({
		service: fishSpeech,
		transport,
		clock: runtime,
		baseUrl,
		token,
	});
	let requests = 0;
	let failedItems = 0;
	const client = new ApiClient(account, {
		requestTimeoutMs: 60_000,
		maxRetries: 4,
		retryUnknownOutcome: false,
		secrets: [],
		onSend: () => requests++,
	});
	const waitsMs: number[] = [];
	const toStart = Array.from({ length: items }, (_, index) => index).values();
	const slot = async () => {
		for (const item of toStart) {
			const startedMs = performance.now();
			await createSpeechJob(client, { text: `Item ${item}.`, voiceId: 'voice_123' }).catch(() => {
				failedItems++;
			});
			waitsMs[item] = performance.now() - startedMs;
		}
	};
	const startedMs = performance.now();
	await Promise.all(Array.from({ length: concurrency }, slot));
	return { requests, failedItems, wallMs: performance.now() - startedMs, waitsMs };
}

process.once('message', (message) => {
	void work(message as LimitWork).then((result) => {
		process.send?.(result, () => process.disconnect());
	});
});
process.send?.('ready');
