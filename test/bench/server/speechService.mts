import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { behaviourOf, type Behaviour } from './behaviour.mts';
import { speechLike } from './speechLike.mts';

/** What the service has seen of one behaviour. */
export interface Statistics {
	readonly requests: number;
	readonly refused: number;
	readonly connections: number;
}

interface Seen {
	requests: number;
	refused: number;
	readonly sockets: Set<Socket>;
	tokens: number;
	filledAtMs: number;
}

const RETRY_AFTER_SECONDS = '1';

/** Answers every request with audio after a set latency. `GET /statistics/<segment>` says what it has seen. */
export function createSpeechService(): RequestListener {
	const seenBySegment = new Map<string, Seen>();
	const bodies = new Map<number, Buffer>();

	function audio(bytes: number): Buffer {
		const known = bodies.get(bytes) ?? speechLike(bytes);
		bodies.set(bytes, known);
		return known;
	}

	function seenOf(segment: string, { requestsPerSecond }: Behaviour): Seen {
		const known = seenBySegment.get(segment) ?? {
			requests: 0,
			refused: 0,
			sockets: new Set(),
			tokens: requestsPerSecond,
			filledAtMs: Date.now(),
		};
		seenBySegment.set(segment, known);
		return known;
	}

	function answer(request: IncomingMessage, response: ServerResponse, segment: string): void {
		const behaviour = behaviourOf(segment);
		const seen = seenOf(segment, behaviour);
		seen.requests++;
		seen.sockets.add(request.socket);
		if (!takeToken(seen, behaviour)) {
			seen.refused++;
			response.writeHead(429, {
				'content-type': 'application/json',
				'retry-after': RETRY_AFTER_SECONDS,
			});
			response.end('{"code":"RATE_LIMITED","message":"Too many requests"}');
			return;
		}
		const body = audio(behaviour.bytes);
		const send = () => {
			response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': body.length });
			response.end(body);
		};
		if (behaviour.latencyMs > 0) setTimeout(send, behaviour.latencyMs);
		else send();
	}

	return (request, response) => {
		const [first = '', second = ''] = (request.url ?? '/').slice(1).split('/');
		if (first === 'statistics') {
			const seen = seenBySegment.get(second);
			const { requests = 0, refused = 0 } = seen ?? {};
			const statistics: Statistics = { requests, refused, connections: seen?.sockets.size ?? 0 };
			response.end(JSON.stringify(statistics));
			return;
		}
		request.resume().once('end', () => answer(request, response, first));
	};
}

function takeToken(seen: Seen, { requestsPerSecond }: Behaviour): boolean {
	if (requestsPerSecond === 0) return true;
	const nowMs = Date.now();
	const gained = ((nowMs - seen.filledAtMs) / 1_000) * requestsPerSecond;
	seen.tokens = Math.min(requestsPerSecond, seen.tokens + gained);
	seen.filledAtMs = nowMs;
	if (seen.tokens < 1) return false;
	seen.tokens -= 1;
	return true;
}
