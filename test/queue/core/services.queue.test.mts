import { stat } from 'node:fs/promises';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';

import { unusedPort } from '../../support/servers/tcpServer.mts';
import { postgresProblem, startOwnPostgres } from '../services/postgres.mts';
import { redisProblem, startOwnRedis } from '../services/redis.mts';
import { openServices } from '../services/services.mts';

const ROOT = 0;

describe('databases for the queue suite', () => {
	const runtime = inject('runtime');

	afterEach(() => vi.unstubAllEnvs());

	it.each([
		['PostgreSQL', startOwnPostgres, postgresProblem],
		['Redis', startOwnRedis, redisProblem],
	])(
		'include an own %s, which is never run as root and leaves nothing',
		async (_, start, problem) => {
			const { address, server } = await start(runtime);
			expect(await problem(runtime, address)).toBeUndefined();
			expect((await stat(`/proc/${server.pid}`)).uid).not.toBe(ROOT);
			expect((await stat(server.folder)).isDirectory()).toBe(true);
			await server.close();
			expect(await problem(runtime, address)).toMatch(/ECONNREFUSED|Connection is closed/);
			await expect(stat(server.folder)).rejects.toThrow(/ENOENT/);
		},
	);

	it('must answer where a variable names them, or the run fails with its name', async () => {
		const port = await unusedPort();
		vi.stubEnv('QUEUE_POSTGRES_URL', `postgres://postgres@127.0.0.1:${port}`);
		const opening = openServices(runtime, () => undefined);
		await expect(opening).rejects.toThrow(
			`PostgreSQL at 127.0.0.1:${port} (QUEUE_POSTGRES_URL): Error: connect ECONNREFUSED`,
		);
	});

	it('that are not installed are named', async () => {
		vi.stubEnv('PATH', '/nowhere');
		await expect(startOwnRedis(runtime)).rejects.toThrow(
			'the program "redis-server" is not installed',
		);
	});
});
