/** How the server answers; it stands in the first segment of the base URL, so that one server plays many. */
export interface Behaviour {
	/** Tells apart the runs of otherwise equal behaviours in the statistics. */
	readonly run: string;
	readonly latencyMs: number;
	readonly bytes: number;
	/** A token bucket of this many requests a second and as much capacity; 0 = no limit. */
	readonly requestsPerSecond: number;
}

const API_PATH = '/api/open/v1';

/** Base URL of the API that behaves so. */
export function baseUrlOf(origin: string, behaviour: Behaviour): string {
	return `${origin}/${segmentOf(behaviour)}${API_PATH}`;
}

export function segmentOf({ run, latencyMs, bytes, requestsPerSecond }: Behaviour): string {
	return [run, latencyMs, bytes, requestsPerSecond].join('-');
}

export function behaviourOf(segment: string): Behaviour {
	const [run = '', latencyMs, bytes, requestsPerSecond] = segment.split('-');
	return {
		run,
		latencyMs: Number(latencyMs),
		bytes: Number(bytes),
		requestsPerSecond: Number(requestsPerSecond),
	};
}
