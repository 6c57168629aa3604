import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { segmentOf, type Behaviour } from './behaviour.mts';
import type { Statistics } from './speechService.mts';

export interface ServerAddresses {
	/** Plain HTTP. */
	readonly origin: string;
	/** HTTPS, 20 ms of round trip away. */
	readonly distantOrigin: string;
}

export interface BenchServer extends ServerAddresses {
	statistics(behaviour: Behaviour): Promise<Statistics>;
	close(): void;
}

/** Where the benchmark has put the certificate that its processes trust. */
export const CERTIFICATE_VARIABLE = 'NODE_EXTRA_CA_CERTS';
export const KEY_VARIABLE = 'BENCH_TLS_KEY';

/** The service in a process of its own, so that its work is nobody's CPU time. */
export async function startServer(): Promise<BenchServer> {
	const files = [process.env[CERTIFICATE_VARIABLE] ?? '', process.env[KEY_VARIABLE] ?? ''];
	const child = fork(path.join(import.meta.dirname, 'main.mts'), files, {
		execArgv: ['--import', 'tsx'],
	});
	const [addresses] = (await once(child, 'message')) as [ServerAddresses];
	return {
		...addresses,
		statistics: async (behaviour) => {
			const response = await fetch(`${addresses.origin}/statistics/${segmentOf(behaviour)}`);
			return (await response.json()) as Statistics;
		},
		close: () => void child.disconnect(),
	};
}
