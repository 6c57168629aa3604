export type Report = (message: string) => void;

const HEARTBEAT_MS = 10_000;

/** Prints lines that carry the seconds since the first one was prepared. */
export function createReport(suite = 'e2e'): Report {
	const startedAtMs = Date.now();
	return (message) => {
		const seconds = Math.round((Date.now() - startedAtMs) / 1000);
		process.stdout.write(`[${suite} ${seconds}s] ${message}\n`);
	};
}

/** Reports a long step when it begins, every ten seconds while it runs, and when it ended. */
export async function withProgress<T>(
	report: Report,
	step: string,
	work: () => Promise<T>,
): Promise<T> {
	report(`${step} …`);
	const heartbeat = setInterval(() => report(`${step}, still running`), HEARTBEAT_MS);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		report(`${step}: ended`);
	}
}
