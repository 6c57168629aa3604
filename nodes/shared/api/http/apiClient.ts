import { createHash, createHmac } from 'crypto';

import { normalizeBaseUrl } from '../baseUrl';
import { Caller, type CallContext } from './caller';
import type { MethodClass } from '../policy/classification';
import type { Clock } from '../clock';
import { FishSpeechError } from '../errors';
import type { Answer } from './exchange';
import { encodeForm } from './formData';
import { readMedia, type MediaSink } from './media';
import type { WireObject } from '../endpoints/readers';
import { followingRedirects, isFetchable } from './redirects';
import type { HttpMethod, Transport } from './transport';

export interface ClientOptions {
	readonly baseUrl: string;
	readonly token: string;
	readonly transport: Transport;
	readonly clock: Clock;
}

/** A call to the API itself. */
export interface ApiCall<T> {
	readonly methodClass: MethodClass;
	readonly method: HttpMethod;
	/** Relative to the base URL; `{id}` stands for `id`. */
	readonly path: string;
	readonly id?: string;
	readonly query?: Readonly<Record<string, string | number | undefined>>;
	readonly json?: WireObject;
	readonly form?: FormData;
	/** How long the request may go on after Stop, so that what it creates is known. */
	readonly graceMs?: number;
	read(answer: Answer): Promise<T>;
}

const MEDIA_REFUSED =
	'The media themselves are finished and paid for, but their address may have expired. Press Retry in n8n, or for a job use Get Job, which asks for a new address.';

/** Puts base URL and token to calls. The endpoints stand in `client.ts`. */
export class ApiClient {
	/** Eight hex digits that stand for the base URL and the token without telling them. */
	readonly accountFingerprint: string;
	readonly clock: Clock;
	private readonly baseUrl: string;
	private readonly token: string;
	private readonly transport: Transport;

	constructor({ baseUrl, token, transport, clock }: ClientOptions) {
		this.baseUrl = normalizeBaseUrl(baseUrl);
		this.token = token;
		this.transport = transport;
		this.clock = clock;
		this.accountFingerprint = createHash('sha256')
			.update(`${this.baseUrl}\n${token}`)
			.digest('hex')
			.slice(0, 8);
	}

	async callApi<T>(call: ApiCall<T>, context: CallContext): Promise<T> {
		const { methodClass, method, path, id = '', query = {}, json, form, graceMs, read } = call;
		const url = new URL(this.baseUrl + path.replace('{id}', encodeURIComponent(id)));
		for (const [name, value] of Object.entries(query))
			if (value !== undefined) url.searchParams.set(name, String(value));
		const encoded = form && (await encodeForm(form));
		return await new Caller(this.transport, this.clock).call(
			{
				methodClass,
				method,
				url: url.href,
				tracePath: path,
				who: 'FishSpeech',
				account: this.accountFingerprint,
				headers: {
					...this.authorization(),
					...(json && { 'content-type': 'application/json' }),
					...(encoded && { 'content-type': encoded.contentType }),
				},
				body: json ? JSON.stringify(json) : encoded?.body,
				graceMs,
				read,
			},
			this.withToken(context),
		);
	}

	/**
	 * Fetches media that the service named. Redirects are followed, hop by hop; only the API's own origin gets the token.
	 * Repeated like any read: a cut download loses nothing.
	 */
	async download<T>(url: string, sink: MediaSink<T>, context: CallContext): Promise<T> {
		const target = this.mediaUrl(url, context);
		const isOwn = target.origin === this.origin;
		const who = isOwn ? 'FishSpeech' : `the media host ${target.hostname}`;
		let answering = target.origin;
		const transport = followingRedirects(this.transport, who, (hop) => {
			answering = hop.origin;
			return hop.origin === this.origin ? this.authorization() : {};
		});
		return await new Caller(transport, this.clock).call(
			{
				methodClass: 'read',
				method: 'GET',
				url: target.href,
				tracePath: '{media}',
				who,
				actionWhenRefused: MEDIA_REFUSED,
				...(isOwn && { account: this.accountFingerprint }),
				isOfMediaHost: () => answering !== this.origin,
				headers: {},
				read: async (answer) => await readMedia(answer, sink),
			},
			this.withToken(context),
		);
	}

	private mediaUrl(url: string, { operation, jobId }: CallContext): URL {
		const target = URL.canParse(url, this.origin) ? new URL(url, this.origin) : undefined;
		if (target !== undefined && isFetchable(target)) return target;
		throw new FishSpeechError('FishSpeech named a media address that is no http or https URL.', {
			details: {
				kind: 'terminal',
				reason: 'unexpectedResponse',
				operation,
				attempts: 0,
				jobId,
				outcomeUnknown: false,
			},
		});
	}

	/** 32 bytes that only the holder of the token can derive again. */
	deriveKey(purpose: string): Buffer {
		return createHmac('sha256', this.token).update(purpose).digest();
	}

	get origin(): string {
		return new URL(this.baseUrl).origin;
	}

	private authorization(): { authorization: string } {
		return { authorization: `Bearer ${this.token}` };
	}

	private withToken(context: CallContext): CallContext {
		return { ...context, secrets: [...context.secrets, { value: this.token, label: '[token]' }] };
	}
}

/** Reads a JSON object and hands it to `parse`, whose `undefined` means that `expected` is missing. */
export function json<T>(
	parse: (body: WireObject) => T | undefined,
	expected: string,
): (answer: Answer) => Promise<T> {
	return async (answer) => {
		const body = await answer.json();
		const parsed = parse(body);
		if (parsed === undefined) throw answer.lacks(expected, body);
		return parsed;
	};
}
