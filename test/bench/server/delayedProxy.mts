import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy as far away as `roundTripMs`: half of it in each direction, and a whole one before a connection carries
 * its first byte, which is what opening it costs.
 */
export function createDelayedProxy(targetPort: number, roundTripMs: number): Server {
	return createServer((client) => {
		const upstream = connect(targetPort, '127.0.0.1');
		client.setNoDelay(true);
		upstream.setNoDelay(true);
		relay(client, upstream, { oneWayMs: roundTripMs / 2, opensAfterMs: roundTripMs });
		relay(upstream, client, { oneWayMs: roundTripMs / 2, opensAfterMs: 0 });
	});
}

function relay(
	from: Socket,
	to: Socket,
	{ oneWayMs, opensAfterMs }: { readonly oneWayMs: number; readonly opensAfterMs: number },
): void {
	const openAtMs = performance.now() + opensAfterMs;
	// Timers of different lengths may fire out of order; what they deliver may not.
	const inOrder: Array<() => void> = [];
	const later = (deliver: () => void) => {
		inOrder.push(deliver);
		const dueInMs = Math.max(0, openAtMs - performance.now()) + oneWayMs;
		setTimeout(() => inOrder.shift()?.(), dueInMs);
	};
	from.on('data', (chunk) => later(() => to.write(chunk)));
	from.on('end', () => later(() => to.end()));
	from.on('error', () => to.destroy());
}
