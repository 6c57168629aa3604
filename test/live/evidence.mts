import type { Exchange } from './exchange.mts';

/** How a step with a node ended, without any of its values. */
export interface NodeOutcome {
	readonly succeeded: boolean;
	/** The package's reason for the failure, such as `unauthorized`. */
	readonly reason?: string;
	/** The names of the fields of its first row. */
	readonly rowFields: readonly string[];
}

/** How a URL that the service gave out opens. */
export interface UrlProbe {
	readonly withoutToken: number;
	/** Only tried when the URL is at the service's own origin and did not open without it. */
	readonly withToken?: number;
	readonly expiresInSeconds?: number;
}

/** Everything that a run has seen. */
export interface Evidence {
	readonly exchanges: readonly Exchange[];
	readonly nodes: ReadonlyMap<string, NodeOutcome>;
	readonly urls: ReadonlyMap<string, UrlProbe>;
}

/** The answers of an endpoint in a step, in their order. */
export function answersOf(evidence: Evidence, step: string, endpoint: string): Exchange[] {
	return evidence.exchanges.filter(
		(exchange) => exchange.step === step && exchange.endpoint === endpoint,
	);
}
