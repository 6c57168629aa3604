import { createHash } from 'node:crypto';
import * as z from 'zod/v4';

const accept = z.boolean().optional();
const bytes = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();
const headers = z.record(z.string(), z.string()).optional();

const RetryAfter = z.union([
	/** Seconds. */
	z.number(),
	z.literal('absurd'),
	z.strictObject({ dateInSeconds: z.number() }),
	/** Any text, valid or not. */
	z.strictObject({ raw: z.string() }),
]);

/**
 * What can go wrong. `accept: true` does the work and charges before it fails; without it, a fault that
 * replaces the answer leaves the account untouched. Faults that only spoil the delivery always do the work.
 */
export const FaultAction = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('status'),
		status: z.number().int().min(200).max(599),
		body: z.enum(['json', 'html', 'empty', 'legacy', 'text']).optional(),
		code: z.string().optional(),
		message: z.string().optional(),
		retryAfter: RetryAfter.optional(),
		headers,
		accept,
	}),
	z.strictObject({
		kind: z.literal('raw'),
		status: z.number().int().min(200).max(599).optional(),
		contentType: z.string().optional(),
		body: z.string().optional(),
		bodyBase64: z.string().optional(),
		headers,
		accept,
	}),
	z.strictObject({
		kind: z.literal('redirect'),
		to: z.union([z.enum(['self', 'otherOrigin']), z.string()]),
		status: z
			.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)])
			.optional(),
		accept,
	}),
	z.strictObject({ kind: z.literal('reset'), accept }),
	z.strictObject({ kind: z.literal('stall'), accept }),
	z.strictObject({ kind: z.literal('idleClose'), reusedOnly: z.boolean().optional() }),
	z.strictObject({
		kind: z.literal('cutBody'),
		afterBytes: bytes.optional(),
		how: z.enum(['fin', 'reset']).optional(),
		chunked: z.boolean().optional(),
	}),
	z.strictObject({ kind: z.literal('stallBody'), afterBytes: bytes.optional() }),
	z.strictObject({ kind: z.literal('drip'), bytes: bytes.min(1), everyMs: milliseconds }),
	z.strictObject({ kind: z.literal('truncate'), keepBytes: bytes.optional() }),
	z.strictObject({ kind: z.literal('contentType'), contentType: z.string() }),
	z.strictObject({ kind: z.literal('encode'), encoding: z.enum(['gzip', 'br', 'deflate']) }),
	z.strictObject({ kind: z.literal('contentLength'), delta: z.number().int() }),
	z.strictObject({ kind: z.literal('delay'), ms: milliseconds }),
	z.strictObject({
		kind: z.literal('editJson'),
		/** Dotted paths to new values, such as `task.status`. */
		set: z.record(z.string(), z.unknown()).optional(),
		remove: z.array(z.string()).optional(),
		numbersAsStrings: z.boolean().optional(),
	}),
	z.strictObject({ kind: z.literal('goAway'), forMs: milliseconds }),
]);

export const FaultRule = z.strictObject({
	match: z
		.strictObject({
			method: z.string().optional(),
			/** `POST /speech/tts` = that endpoint; `/voices` = prefix; anything else = a regular expression. */
			path: z.union([z.string(), z.instanceof(RegExp)]).optional(),
			/** A text that the request's body must contain. */
			body: z.string().optional(),
			/** The first matching call to fail, counted from 1. */
			nth: z.number().int().min(1).optional(),
			/** How many calls fail from then on; once unless told. */
			times: z.union([z.number().int().min(1), z.literal('always')]).optional(),
			/** Chance of each matching call; `times` is then `always` unless told. */
			probability: z.number().min(0).max(1).optional(),
			seed: z.number().int().optional(),
		})
		.optional(),
	do: FaultAction,
});

export type FaultAction = z.output<typeof FaultAction>;
export type FaultRule = z.output<typeof FaultRule>;

/** What a rule can look at. `body` is absent while only the headers have arrived. */
export interface FaultSubject {
	readonly method: string;
	readonly path: string;
	readonly endpoint: string;
	readonly reusedConnection: boolean;
	readonly body?: Buffer;
}

interface ActiveRule {
	readonly rule: FaultRule;
	/** Part of the draw, so that rules with one seed do not all choose the same requests. */
	readonly position: number;
	readonly matchesPath: (subject: FaultSubject) => boolean;
	readonly draws: Map<string, number>;
	seen: number;
	fired: number;
}

function pathMatcher(path: string | RegExp | undefined): ActiveRule['matchesPath'] {
	if (path === undefined) return () => true;
	if (typeof path === 'string' && /^[A-Z]+ \//.test(path))
		return ({ endpoint }) => endpoint === path;
	if (typeof path === 'string' && path.startsWith('/')) {
		return (subject) => subject.path.startsWith(path);
	}
	const expression = new RegExp(path);
	return (subject) => expression.test(subject.path);
}

/** A number in [0, 1) that depends on the request and how often it came, not on the order of others. */
function draw(active: ActiveRule, subject: FaultSubject): number {
	const identity = createHash('sha256')
		.update(
			`${active.rule.match?.seed ?? 0} ${active.position} ${subject.method} ${subject.path}\n`,
		)
		.update(subject.body ?? '')
		.digest('hex');
	const times = (active.draws.get(identity) ?? 0) + 1;
	active.draws.set(identity, times);
	const digest = createHash('sha256').update(`${identity} ${times}`).digest();
	return digest.readUInt32BE(0) / 2 ** 32;
}

function isSpent({ rule, fired }: ActiveRule): boolean {
	const { times, probability } = rule.match ?? {};
	const limit = times ?? (probability === undefined ? 1 : 'always');
	return limit !== 'always' && fired >= limit;
}

function matches(active: ActiveRule, subject: FaultSubject): boolean {
	const { method, body } = active.rule.match ?? {};
	if (method !== undefined && method.toUpperCase() !== subject.method) return false;
	if (body !== undefined && subject.body?.includes(body) !== true) return false;
	return active.matchesPath(subject);
}

/** The rules in force. The first one that is due wins; a call that it takes is not counted by later ones. */
export class FaultBook {
	#rules: ActiveRule[] = [];

	add(rules: readonly FaultRule[]): void {
		for (const rule of rules) {
			const matchesPath = pathMatcher(rule.match?.path);
			const position = this.#rules.length;
			this.#rules.push({ rule, position, matchesPath, draws: new Map(), seen: 0, fired: 0 });
		}
	}

	clear(): void {
		this.#rules = [];
	}

	/** Every rule with the number of calls that it has spoilt so far. */
	report(): Array<{ rule: FaultRule; seen: number; fired: number }> {
		return this.#rules.map(({ rule, seen, fired }) => ({ rule, seen, fired }));
	}

	/** The fault for a request whose headers have arrived: only one that closes the connection at once. */
	onHeaders(subject: FaultSubject): FaultAction | undefined {
		return this.#next(subject, (action) => action.kind === 'idleClose');
	}

	/** The fault for a request that has arrived whole. */
	onRequest(subject: FaultSubject): FaultAction | undefined {
		return this.#next(subject, (action) => action.kind !== 'idleClose');
	}

	#next(
		subject: FaultSubject,
		isOfThisPhase: (action: FaultAction) => boolean,
	): FaultAction | undefined {
		for (const active of this.#rules) {
			const { match, do: action } = active.rule;
			if (!isOfThisPhase(action) || isSpent(active) || !matches(active, subject)) continue;
			active.seen += 1;
			if (active.seen < (match?.nth ?? 1)) continue;
			const needsReuse = action.kind === 'idleClose' && (action.reusedOnly ?? true);
			if (needsReuse && !subject.reusedConnection) continue;
			if (match?.probability !== undefined && draw(active, subject) >= match.probability) continue;
			active.fired += 1;
			return action;
		}
		return undefined;
	}
}
