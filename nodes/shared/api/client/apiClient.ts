import { createHash, createHmac } from 'crypto';

import { normalizeBaseUrl } from '../baseUrl';
import { failure } from '../errors';
import { sendWithRetries } from '../http/caller';
import type { Answer, CallContext, Connection, HttpCall } from '../http/exchange';
import { encodeForm } from '../http/formData';
import type { JsonLimits } from '../http/jsonScan';
import { readMedia, type MediaSink } from '../http/media';
import type { NotSent } from '../http/notLetIn';
import { isPrivateHost } from '../http/privateAddress';
import { followingRedirects, isFetchable, PRIVATE_MEDIA_ACTION } from '../http/redirects';
import type { JobWords, Service } from '../service';
import type { WireObject } from '../wire';
import { queryText, type Query } from './queryText';

/** A connection and the account that is used over it. */
export interface Account extends Connection {
	readonly baseUrl: string;
	readonly token: string;
	/** Stands for the base URL and the token without revealing them: 64 hex digits. */
	readonly fingerprint: string;
}

export function openAccount({
	baseUrl,
	token,
	...connection
}: Omit<Account, 'fingerprint'>): Account {
	const normalized = normalizeBaseUrl(baseUrl);
	const fingerprint = createHash('sha256').update(`${normalized}\n${token}`).digest('hex');
	return { ...connection, baseUrl: normalized, token, fingerprint };
}

/** 32 bytes that only the holder of the token can derive again. */
export function deriveKey({ token }: Account, purpose: string): Buffer {
	return createHmac('sha256', token).update(purpose).digest();
}

/** A service that can tell the quota that is left for creates. */
export interface QuotaService extends Service {
	readQuota?(client: ApiClient): Promise<number | undefined>;
}

/** A call to the API itself. */
export interface ApiCall<T>
	extends Pick<HttpCall<T>, 'methodClass' | 'method' | 'graceMs' | 'read'> {
	/** Relative to the base URL; `{id}` stands for `id`. */
	readonly path: string;
	readonly id?: string;
	/** For the log, where `path` has its values filled in already. */
	readonly tracePath?: string;
	/** `origin`: the path begins at the origin of the base URL. */
	readonly from?: 'baseUrl' | 'origin';
	readonly query?: Query;
	readonly json?: WireObject | readonly unknown[];
	readonly form?: FormData;
	/** What an endpoint takes as a header of its own. */
	readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Makes the calls of one item, or of one look-up, to one account. The endpoints of a service stand in its own folder, one
 * function each.
 */
export class ApiClient {
	readonly context: CallContext;

	constructor(
		private readonly account: Account,
		context: CallContext,
	) {
		const { token } = account;
		const isKnown = context.secrets.some(({ value }) => value === token);
		const secrets = isKnown
			? context.secrets
			: [...context.secrets, { value: token, label: '[token]' }];
		this.context = { ...context, secrets };
	}

	/** The same client for calls in another context. */
	with(changes: Partial<CallContext>): ApiClient {
		return new ApiClient(this.account, { ...this.context, ...changes });
	}

	get service(): Connection['service'] {
		return this.account.service;
	}

	get clock(): Connection['clock'] {
		return this.account.clock;
	}

	get baseUrl(): string {
		return this.account.baseUrl;
	}

	/** Stands for the account; see {@link Account}. */
	get fingerprint(): string {
		return this.account.fingerprint;
	}

	get origin(): string {
		return new URL(this.baseUrl).origin;
	}

	/** Throws a `ServiceError`. */
	async call<T>(call: ApiCall<T>): Promise<T> {
		const { path, id = '', query = {}, json, form, from = 'baseUrl' } = call;
		const base = from === 'origin' ? this.origin : this.baseUrl;
		const url = new URL(base + path.replace('{id}', encodeURIComponent(id)));
		url.search = queryText(query);
		const encoded = form && (await encodeForm(form));
		const { idempotencyKey } = this.context;
		return await sendWithRetries(
			{
				...call,
				url: url.href,
				tracePath: call.tracePath ?? path,
				who: this.service.name,
				account: this.account.fingerprint,
				headers: {
					...call.headers,
					...this.commonHeaders(),
					...this.authorization(),
					...(call.methodClass === 'create' &&
						idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
					...(json && { 'content-type': 'application/json' }),
					...(encoded && { 'content-type': encoded.contentType }),
				},
				body: json ? JSON.stringify(json) : encoded?.body,
			},
			this.context,
			this.account,
		);
	}

	/**
	 * Fetches media that the service named. Redirects are followed, hop by hop. The API's own origin gets the token, unless
	 * another host has redirected to it. Repeated like any read: a cut download loses nothing.
	 */
	async download<T>(
		url: string,
		sink: MediaSink<T>,
		read: (answer: Answer, sink: MediaSink<T>) => Promise<T> = readMedia,
	): Promise<T> {
		const target = this.mediaUrl(url);
		const isOwn = target.origin === this.origin;
		const who = isOwn ? this.service.name : `the media host ${target.hostname}`;
		let isApiAnswering = isOwn;
		const headersFor = (hop: URL, isFirst: boolean) => {
			isApiAnswering = (isFirst || isApiAnswering) && hop.origin === this.origin;
			return isApiAnswering ? this.authorization() : {};
		};
		const { mayMediaBePrivate: mayBePrivate } = this;
		const transport = followingRedirects(this.account.transport, { who, headersFor, mayBePrivate });
		return await sendWithRetries(
			{
				methodClass: 'read',
				method: 'GET',
				url: target.href,
				tracePath: '{media}',
				who,
				actionWhenRefused: mediaRefused(this.service.jobs),
				whenNotSent: mediaNotFetched(this.service.jobs),
				...(isOwn && { account: this.account.fingerprint }),
				isOfMediaHost: () => !isApiAnswering,
				headers: this.commonHeaders(),
				read: async (answer) => await read(answer, sink),
			},
			this.context,
			{ ...this.account, transport },
		);
	}

	private mediaUrl(url: string): URL {
		const { jobId } = this.context;
		const target = URL.canParse(url, this.origin) ? new URL(url, this.origin) : undefined;
		if (target === undefined || !isFetchable(target))
			throw failure(
				'unexpectedResponse',
				`${this.service.name} named a media address that is not an http or https URL.`,
				{ jobId },
			);
		if (!this.mayMediaBePrivate && isPrivateHost(target.hostname))
			throw failure(
				'forbidden',
				`${this.service.name} named a media address in a private network (${target.hostname}).`,
				{ jobId, action: PRIVATE_MEDIA_ACTION },
			);
		return target;
	}

	/** An API in a private network may have its media there too. */
	private get mayMediaBePrivate(): boolean {
		return isPrivateHost(new URL(this.baseUrl).hostname);
	}

	private commonHeaders(): Record<string, string> {
		return { 'user-agent': this.service.userAgent, 'accept-encoding': 'identity' };
	}

	private authorization(): Record<string, string> {
		return { authorization: `Bearer ${this.account.token}` };
	}
}

function mediaNotFetched({ noun, get }: JobWords): NotSent {
	return {
		consequence: 'the finished media were not fetched',
		action: `They are paid for. After that time, ${get} fetches those of a ${noun.toLowerCase()}.`,
		nextTry: 'Press Retry in n8n after that time: they are fetched then, and not bought again.',
	};
}

function mediaRefused({ noun, get }: JobWords): string {
	return `The media themselves are finished and paid for, but their address may have expired. For a ${noun.toLowerCase()} use ${get}, which asks for a new address.`;
}

/** Reads a JSON object and hands it to `parse`, whose `undefined` means that `expected` is missing. */
export function json<T>(
	parse: (body: WireObject) => T | undefined,
	expected: string,
	limits?: JsonLimits,
): (answer: Answer) => Promise<T> {
	return async (answer) => parsed(answer, await answer.json(limits), parse, expected);
}

/** The same for an answer that may be empty: it counts as an object without fields. */
export function jsonIfAny<T>(
	parse: (body: WireObject) => T | undefined,
	expected: string,
): (answer: Answer) => Promise<T> {
	return async (answer) => parsed(answer, await answer.jsonIfAny(), parse, expected);
}

function parsed<T>(
	answer: Answer,
	body: WireObject,
	parse: (body: WireObject) => T | undefined,
	expected: string,
): T {
	const value = parse(body);
	if (value === undefined) throw answer.lacks(expected, body);
	return value;
}
