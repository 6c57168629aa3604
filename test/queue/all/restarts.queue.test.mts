import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { outputOf } from '../../e2e/host/execution.mts';
import { until } from '../../e2e/host/until.mts';
import { synthesis } from '../../e2e/support/nodes.mts';
import { withPostgres } from '../services/clients.mts';
import { type OwnPostgres, startOwnPostgres } from '../services/postgres.mts';
import { KEYED_JOBS, keyedRows } from '../support/onceKeys.mts';
import {
	type QueueLab,
	TESTED,
	activateBatch,
	boughtOf,
	startQueueLab,
} from '../support/queueLab.mts';

const NODE = 'fishSpeechTextToSpeech';
/** Where n8n keeps the keys that it deduplicates by. */
const KEYS_TABLE = 'processed_data';
const CLAIM_TIMEOUT_MS = 30_000;
const RECOVERY_TIMEOUT_MS = 120_000;
const TEST_TIMEOUT_MS = 300_000;

describe('a restart while workers run', () => {
	let postgres: OwnPostgres;
	let lab: QueueLab;

	beforeAll(async () => {
		// Only a server of this suite may be restarted.
		postgres = await startOwnPostgres(inject('runtime'));
		const services = { ...inject('services'), postgres: postgres.address };
		lab = await startQueueLab({ services });
	});

	afterAll(async () => {
		await lab?.[Symbol.asyncDispose]();
		await postgres?.server.close();
	});

	it('of the main disturbs no batch', async () => {
		const { client, sandbox, server } = lab;
		sandbox.control.configure({ latencyMs: 500 });
		const parameters = synthesis('={{ $json.text }}', { options: { concurrency: 2 } });
		const workflow = await activateBatch(lab, 'main', NODE, parameters);
		const rows = keyedRows(40, 'main');
		const [id = ''] = await workflow.start(rows);
		await sandbox.control.waitForRequests('POST /speech/tts', 2);
		await server.main.terminate();
		await server.main.launch();
		const ended = await client.endOf(id);
		expect(ended.status).toBe('success');
		expect(outputOf(ended, TESTED)).toHaveLength(rows.length);
		expect(boughtOf(lab).sort()).toEqual(rows.map(({ text }) => text).sort());
		await sandbox.control.reset();
	});

	it(
		'of the database in the middle of a claim buys no key twice',
		async () => {
			const { address, server } = postgres;
			const runtime = inject('runtime');
			const workflow = await activateBatch(lab, 'database', NODE, KEYED_JOBS);
			// So that n8n has a list, and the claims below are an update of it.
			await workflow.run(keyedRows(1, 'before'));

			const rows = keyedRows(20, 'database');
			const { database } = lab.server;
			await withPostgres(runtime, { ...address, database }, async (sql) => {
				// Reading goes on, writing waits: the claim stands between the two.
				await sql(`begin; lock table ${KEYS_TABLE} in share mode`);
				await workflow.start(rows, rows);
				await until('claims that wait for the table', CLAIM_TIMEOUT_MS, async () => {
					const waiting = await sql(
						`select pid from pg_locks where relation = '${KEYS_TABLE}'::regclass and not granted`,
					);
					return waiting.length > 0 ? true : undefined;
				});
				await server.stop();
			});
			await server.start();

			const newRows = keyedRows(5, 'after');
			const next = await until('n8n to have its database back', RECOVERY_TIMEOUT_MS, async () =>
				workflow.run([...rows, ...newRows]).catch(() => undefined),
			);
			expect(next.map(({ status }) => status)).toEqual(['success']);
			const bought = boughtOf(lab);
			expect(bought).toEqual([...new Set(bought)]);
			expect(bought).toEqual(expect.arrayContaining(newRows.map(({ text }) => text)));
		},
		TEST_TIMEOUT_MS,
	);
});
