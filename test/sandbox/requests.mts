/** A part of a multipart body: fields keep their value, files only what identifies them. */
export type ReceivedPart =
	| { readonly kind: 'field'; readonly name: string; readonly value: string }
	| {
			readonly kind: 'file';
			readonly name: string;
			readonly fileName: string;
			readonly mimeType: string;
			readonly byteLength: number;
			readonly sha256: string;
	  };

/** One request as the sandbox saw it. The token is never kept, only whether it was right. */
export interface RequestRecord {
	readonly id: number;
	/** `media` is the second listener, on another origin. */
	readonly listener: 'main' | 'media';
	readonly requestId: string;
	/** Milliseconds on the sandbox's clock. */
	readonly at: number;
	readonly method: string;
	/** Relative to the API's base path; from the root for anything outside of it. */
	readonly path: string;
	/** For instance `GET /speech/tts/jobs/:id`, or `unknown`. */
	readonly endpoint: string;
	readonly query: Readonly<Record<string, string>>;
	/** The query as it was sent, without the question mark. */
	readonly rawQuery: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly authorization: 'missing' | 'wrong' | 'ok';
	readonly idempotencyKey: string | undefined;
	/** Counted from 1 in the order in which connections were opened. */
	readonly connection: number;
	readonly reusedConnection: boolean;
	/** Parsed JSON, the parts of a multipart body, or undefined when there is none or it cannot be read. */
	body: unknown;
	/** Kind of the fault that was applied. */
	fault: string | undefined;
	/** Whether the server did the work that a create or delete asks for. */
	accepted: boolean;
	/** Credits charged. */
	credits: number;
	/** Job, voice or file that the request made. */
	createdId: string | undefined;
	/** Status sent; undefined while unanswered. */
	status: number | undefined;
	/** Whether the answer was handed over whole, or the connection ended first. */
	outcome: 'open' | 'answered' | 'cut';
}

export interface Charge {
	readonly requestNumber: number;
	readonly endpoint: string;
	readonly credits: number;
	readonly idempotencyKey: string | undefined;
	/** What was bought: the text, or the URLs. */
	readonly subject: string;
	readonly at: number;
}

interface Waiter {
	readonly isMet: () => boolean;
	readonly resolve: () => void;
}

/** The requests and charges since the last reset, and a way to wait for the next ones. */
export class RequestLog {
	readonly requests: RequestRecord[] = [];
	readonly charges: Charge[] = [];
	#waiters: Waiter[] = [];

	add(record: RequestRecord): void {
		this.requests.push(record);
		this.changed();
	}

	changed(): void {
		if (this.#waiters.length === 0) return;
		const met = this.#waiters.filter((waiter) => waiter.isMet());
		this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
		for (const waiter of met) waiter.resolve();
	}

	/** Resolves as soon as `count` requests fulfil the condition. */
	async waitFor(condition: (record: RequestRecord) => boolean, count = 1): Promise<void> {
		const isMet = () => this.requests.filter(condition).length >= count;
		if (isMet()) return;
		await new Promise<void>((resolve) => this.#waiters.push({ isMet, resolve }));
	}
}

const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** Headers fit to be shown: single strings, no secrets. */
export function shownHeaders(
	headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
	const shown: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined || secretHeaders.has(name)) continue;
		shown[name] = Array.isArray(value) ? value.join(', ') : value;
	}
	return shown;
}
