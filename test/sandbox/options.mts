import * as z from 'zod/v4';
import { CALLBACK_MODES } from './acedata/callbacks.mts';

const milliseconds = z.number().nonnegative();

const RateLimitSchema = z.strictObject({
	capacity: z.number().positive(),
	perSecond: z.number().positive(),
	/** What a 429 says: a fixed number of seconds, the real wait in seconds, the same as a date, nothing. */
	retryAfter: z.union([z.number(), z.enum(['seconds', 'date', 'none'])]).optional(),
});

const behaviourFields = {
	/** Time between doing the work and answering, on every API call. */
	latencyMs: milliseconds,
	/** `task` is the documented job answer `{id, status}`, `envelope` the one of the published schema. */
	jobShape: z.enum(['task', 'envelope']),
	jobDurationMs: milliseconds,
	/** Words reported poll by poll instead of by time; the last one stays. */
	jobStates: z.array(z.string()).min(1).readonly().nullable(),
	rateLimit: RateLimitSchema.nullable(),
	/** Whether paid answers carry `X-OpenAPI-Credits-Used` and `X-OpenAPI-Quota-Remaining`. */
	usageHeaders: z.boolean(),
	unknownVoices: z.enum(['refuse', 'accept']),
	/** Body fields that JSON endpoints for speech and media accept beside those of the contract. */
	extraFields: z.array(z.string()).readonly(),
	/** A lie told as `total` of the voices list; null tells the truth. */
	voicesTotal: z.number().int().nullable(),
	/** Nobody documents the order of lists of jobs; `mixed` is neither of the others, and always the same. */
	jobListOrder: z.enum(['newestFirst', 'oldestFirst', 'mixed']),
	/** `other` serves generated files from a second listener, hence another origin. */
	mediaOrigin: z.enum(['same', 'other']),
	mediaNeedsToken: z.boolean(),
	mediaLifetimeMs: milliseconds,
	/** How the second service words its errors: both shapes are documented. */
	aceDataErrors: z.enum(['object', 'string']),
	/** When it calls back. */
	aceDataCallbacks: z.enum(CALLBACK_MODES),
	/** Of how many tasks the second service tells at once, whatever it is asked for. */
	mostTasksTold: z.number().int().min(1).nullable(),
	/** For how long its reads do not know a task that it has just accepted. */
	tasksHiddenForMs: milliseconds,
	/** What is announced without a path: listed and served only where it stands here. */
	surfaces: z.array(z.enum(['images', 'videos', 'usage'])).readonly(),
	/** `whole` writes paths with the base path in front of them. */
	schemaPaths: z.enum(['short', 'whole']),
};

export type Surface = 'images' | 'videos' | 'usage';

/** Everything about the service that can change while it runs. `reset()` restores the starting values. */
export const BehaviourChanges = z.strictObject(behaviourFields).partial();
const BehaviourInOptions = z.object(behaviourFields).partial();

export type RateLimit = z.output<typeof RateLimitSchema>;
export type BehaviourChanges = z.output<typeof BehaviourChanges>;
export type Behaviour = Readonly<Required<BehaviourChanges>>;

export interface Balances {
	/** Site membership credits: shown by the profile, not spent by the API. */
	readonly credits: number;
	/** What API calls spend. */
	readonly apiQuotaRemaining: number;
}

export interface SandboxOptions extends BehaviourChanges, Partial<Balances> {
	readonly host?: string;
	readonly port?: number;
	readonly token?: string;
	readonly tier?: string;
	/** `spoken` runs a real speech synthesiser; `tone` makes a short tone whose bytes are unique to the text. */
	readonly voice?: 'spoken' | 'tone';
	/** Milliseconds since the epoch; jobs, rate limit and expiry follow it. */
	readonly now?: () => number;
	readonly tls?: { readonly key: string; readonly cert: string };
	/** How long an idle connection is kept; 0 keeps it for good. */
	readonly keepAliveTimeoutMs?: number;
	/** Added to the `paths` of `openapi.json`: endpoints that only some accounts have. */
	readonly openApiPaths?: Readonly<Record<string, unknown>>;
}

const behaviourDefaults: Behaviour = {
	latencyMs: 0,
	jobShape: 'task',
	jobDurationMs: 1_000,
	jobStates: null,
	rateLimit: null,
	usageHeaders: false,
	unknownVoices: 'refuse',
	extraFields: [],
	voicesTotal: null,
	jobListOrder: 'newestFirst',
	mediaOrigin: 'same',
	mediaNeedsToken: false,
	mediaLifetimeMs: 3_600_000,
	aceDataErrors: 'object',
	aceDataCallbacks: 'finished',
	mostTasksTold: null,
	tasksHiddenForMs: 0,
	surfaces: ['images', 'videos', 'usage'],
	schemaPaths: 'short',
};

export const defaultToken = 'sandbox-token-6f1d0c';

export function startingBehaviour(options: SandboxOptions): Behaviour {
	return withChanges(behaviourDefaults, BehaviourInOptions.parse(options));
}

/** A change that is undefined changes nothing. */
export function withChanges(behaviour: Behaviour, changes: BehaviourChanges): Behaviour {
	const given = Object.entries(changes).filter(([, value]) => value !== undefined);
	return { ...behaviour, ...Object.fromEntries(given) };
}

export function startingBalances(options: SandboxOptions): Balances {
	return {
		credits: options.credits ?? 1_200,
		apiQuotaRemaining: options.apiQuotaRemaining ?? 988_000,
	};
}
