import type { IBinaryData, INodeParameters } from 'n8n-workflow';
import { fishSpeech } from '../../nodes/shared/fishspeech/service.ts';
import {
	createEngine,
	type CredentialReference,
	type Engine,
	type InputItem,
	type RunResult,
} from '../support/engine/index.mts';
import type { NodeOutcome, UrlProbe } from './evidence.mts';
import type { LiveOptions } from './options.mts';
import { startRecorder, type Recorder } from './recorder.mts';

const WRONG_TOKEN = 'a-token-that-no-account-has';

/** What the steps work with: n8n's engine, the recorder in front of the service, and what was seen so far. */
export interface Stage {
	readonly options: LiveOptions;
	readonly token: string;
	readonly engine: Engine;
	readonly recorder: Recorder;
	readonly nodes: Map<string, NodeOutcome>;
	readonly urls: Map<string, UrlProbe>;
	/** Texts that no report may hold. */
	readonly secrets: Set<string>;
	/** The audio that was bought as bytes. */
	speech: IBinaryData | undefined;
	/** Runs a node of the package in the current step, once and without repetitions. */
	run(node: string, parameters: INodeParameters, about?: RunAbout): Promise<RunResult>;
	/** A request of the tool itself, by the recorder: GET, or POST with a body. */
	send(path: string, about?: SentAbout): Promise<void>;
	/** Looks whether a URL of the service opens; reads nothing of it. */
	probe(url: unknown, expiresAt?: unknown): Promise<void>;
	say(line: string): void;
	close(): Promise<void>;
}

interface SentAbout {
	readonly json?: object;
	readonly headers?: Readonly<Record<string, string>>;
}

interface RunAbout {
	readonly items?: readonly InputItem[];
	readonly wrongToken?: boolean;
	/** Runs of a step that has more than one. */
	readonly name?: string;
}

export async function openStage(
	options: LiveOptions,
	token: string,
	say: (line: string) => void,
): Promise<Stage> {
	const recorder = await startRecorder(options.baseUrl);
	const engine = await createEngine();
	const credentialOf = (apiToken: string): CredentialReference =>
		engine.credential('fishSpeechApi', { apiToken, baseUrl: recorder.baseUrl });
	const credential = credentialOf(token);
	const wrongCredential = credentialOf(WRONG_TOKEN);
	const nodes = new Map<string, NodeOutcome>();
	const urls = new Map<string, UrlProbe>();
	const origin = new URL(options.baseUrl).origin;
	return {
		options,
		token,
		engine,
		recorder,
		nodes,
		urls,
		secrets: new Set([token]),
		speech: undefined,
		say,
		run: async (node, parameters, { items, wrongToken = false, name } = {}) => {
			const result = await engine.run({
				node,
				parameters,
				credential: wrongToken ? wrongCredential : credential,
				...(items && { items }),
			});
			nodes.set(name ?? recorder.step, outcomeOf(result));
			return result;
		},
		send: async (path, { json, headers: more } = {}) => {
			const headers = {
				authorization: `Bearer ${token}`,
				// A common library's own name was seen to get a 403.
				'user-agent': fishSpeech.userAgent,
				...(json && { 'content-type': 'application/json' }),
				...more,
			};
			const answer = await fetch(new URL(recorder.baseUrl).origin + path, {
				headers,
				...(json && { method: 'POST', body: JSON.stringify(json) }),
			});
			await answer.arrayBuffer();
		},
		probe: async (url, expiresAt) => {
			if (typeof url !== 'string' || !URL.canParse(url)) return;
			const withoutToken = await statusOf(url);
			const isOwn = new URL(url).origin === origin;
			const withToken =
				isOwn && withoutToken >= 400
					? await statusOf(url, { authorization: `Bearer ${token}` })
					: undefined;
			const expires = typeof expiresAt === 'string' ? Date.parse(expiresAt) : NaN;
			urls.set(recorder.step, {
				withoutToken,
				...(withToken !== undefined && { withToken }),
				...(!Number.isNaN(expires) && {
					expiresInSeconds: Math.round((expires - Date.now()) / 1_000),
				}),
			});
		},
		close: async () => {
			await engine.close();
			await recorder.close();
		},
	};
}

/** 0 when there is no answer at all. */
async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
	try {
		const answer = await fetch(url, { headers });
		await answer.body?.cancel();
		return answer.status;
	} catch {
		return 0;
	}
}

function outcomeOf({ status, error, rows }: RunResult): NodeOutcome {
	const details: unknown = error?.context?.['details'];
	const reason =
		typeof details === 'object' && details !== null && 'reason' in details
			? String(details.reason)
			: undefined;
	return {
		succeeded: status === 'success',
		...(reason !== undefined && { reason }),
		rowFields: Object.keys(rows[0] ?? {}),
	};
}
