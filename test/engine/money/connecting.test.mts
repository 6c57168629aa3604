import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CredentialReference } from '../../support/engine/index.mts';
import { failureOf, synthesize, texts, useLab } from '../../support/lab/index.mts';
import { startDeafServer, type DeafServer } from '../../support/servers/deafServer.mts';

const NODE = 'fishSpeechTextToSpeech';
const options = { onceKey: '={{ $json.text }}', maxRetries: 0 };

const lab = useLab({ clock: 'real' });

describe('a create whose connection does not come', () => {
	let server: DeafServer;
	let credential: CredentialReference;
	beforeAll(async () => {
		server = await startDeafServer();
		const baseUrl = `http://127.0.0.1:${server.port}/api/open/v1`;
		credential = lab.engine.credential('fishSpeechApi', { apiToken: lab.sandbox.token, baseUrl });
	});
	afterAll(async () => await server.close());

	it('ends with its time-out, was not sent, and gives its once key back', async () => {
		const items = texts(1);
		const parameters = synthesize({ options: { ...options, requestTimeoutSeconds: 0.3 } });
		const failed = await lab.run(NODE, parameters, { items, credential });
		expect(failureOf(failed).details).toMatchObject({
			kind: 'retryable',
			reason: 'network',
			outcomeUnknown: false,
		});
		const { rows } = await lab.run(NODE, synthesize({ options }), { items });
		expect(rows[0]).toMatchObject({ mimeType: 'audio/mpeg' });
	});

	it('ends at once on Stop, and gives its once key back', async () => {
		const items = texts(1);
		const stop = new AbortController();
		// Once the store knows the key twice, the call is made.
		const store = lab.engine.deduplication;
		const { removeProcessed } = store;
		let stoppedAtMs = 0;
		store.removeProcessed = async (...call) => {
			await removeProcessed.apply(store, call);
			store.removeProcessed = removeProcessed;
			setImmediate(() => {
				stoppedAtMs = performance.now();
				stop.abort();
			});
		};
		await lab.run(NODE, synthesize({ options }), { items, credential, signal: stop.signal });
		// Neither its time-out nor the ten seconds that other creates may have were waited for.
		expect(performance.now() - stoppedAtMs).toBeLessThan(9_000);
		const { rows } = await lab.run(NODE, synthesize({ options }), { items });
		expect(rows[0]).toMatchObject({ mimeType: 'audio/mpeg' });
	});
});
