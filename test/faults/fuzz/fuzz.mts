import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, openAccount } from '../../../nodes/shared/api/client/apiClient.ts';
import type { Clock } from '../../../nodes/shared/api/clock.ts';
import { ServiceError } from '../../../nodes/shared/api/errors.ts';
import type { CallContext } from '../../../nodes/shared/api/http/exchange.ts';
import { undiciTransport } from '../../../nodes/shared/api/http/undiciTransport.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';
import { Random } from '../random.mts';
import type { FuzzedEndpoint } from './endpoints.mts';
import { mutate, type MutatedAnswer } from './mutate.mts';

const TOKEN = 'fuzz-token-that-must-not-show';
const AT_A_TIME = 16;
const LONGEST_CALL_MS = 10_000;

export interface FuzzReport {
	readonly endpoint: string;
	readonly bodies: number;
	/** How many were read, and how many ended in a `ServiceError`. */
	readonly read: number;
	readonly refused: number;
	/** Anything else, with the body that caused it. */
	readonly broken: readonly string[];
}

const clock: Clock = {
	now: () => Date.now(),
	elapsed: () => performance.now(),
	sleep: async (ms, signal) => void (await delay(ms, undefined, { signal, ref: false })),
	random: () => 0,
};

const context: CallContext = {
	requestTimeoutMs: 60_000,
	// One body, one answer: what a retry does is the retry table's business.
	maxRetries: 0,
	retryUnknownOutcome: false,
	secrets: [{ value: 'a text that was sent and must not show', label: '[text]' }],
};

/** Sends `bodies` mutated answers to a call of the real client, over real HTTP. */
export async function fuzzEndpoint(
	endpoint: FuzzedEndpoint,
	bodies: number,
	seed: number,
): Promise<FuzzReport> {
	const random = new Random(seed);
	const answers: MutatedAnswer[] = [];
	const server = await serve(answers);
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	const transport = await undiciTransport();
	if (transport === undefined) throw new Error('undici is missing');
	/** An account for each call: a refused one must not keep the others from being sent. */
	const clientOf = (call: number): ApiClient => {
		const account = openAccount({
			service: fishSpeech,
			baseUrl: `http://127.0.0.1:${address.port}/api/open/v1`,
			token: `${TOKEN}-${call}`,
			transport,
			clock,
		});
		return new ApiClient(account, context);
	};
	let read = 0;
	let refused = 0;
	let sent = 0;
	const broken: string[] = [];
	const callOn = async (): Promise<void> => {
		while (sent < bodies) {
			sent++;
			const answer = mutate(random.pick(endpoint.valid), random);
			answers.push(answer);
			const outcome = await judged(endpoint, clientOf(sent));
			if (outcome === 'read') read++;
			else if (outcome === 'refused') refused++;
			else broken.push(`${outcome}\n    around ${describe(answer)}`);
		}
	};
	try {
		await Promise.all(Array.from({ length: AT_A_TIME }, callOn));
	} finally {
		server.closeAllConnections();
		server.close();
	}
	return { endpoint: endpoint.name, bodies, read, refused, broken };
}

/** Answers are taken in the order of the calls; calls overlap, so a body may reach another call than its own. */
async function serve(answers: MutatedAnswer[]): Promise<Server> {
	const server = createServer((request, response) => {
		request.resume();
		const { status, headers, body } = answers.shift() ?? {
			status: 500,
			headers: {},
			body: Buffer.alloc(0),
		};
		response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return server;
}

async function judged(endpoint: FuzzedEndpoint, client: ApiClient): Promise<string> {
	const settled = new AbortController();
	const tooLong = delay(LONGEST_CALL_MS, 'a hang', { signal: settled.signal }).catch(
		() => 'a hang',
	);
	try {
		return await Promise.race([endpoint.call(client).then(() => 'read'), tooLong]);
	} catch (error) {
		if (!(error instanceof ServiceError)) return `threw ${String(error)}`;
		return problemOf(error) ?? 'refused';
	} finally {
		settled.abort();
	}
}

function problemOf({ message, action, details }: ServiceError): string | undefined {
	const shown = JSON.stringify([message, action, details]);
	if (shown.includes(TOKEN)) return `the token in ${shown}`;
	if (message.trim() === '' || action.trim() === '') return `an empty text in ${shown}`;
	if (message.length > 1_000) return `a message of ${message.length} characters`;
	return /\p{Cc}|canceled/iu.test(message) ? `an unclean message: ${shown}` : undefined;
}

function describe({ status, headers, body }: MutatedAnswer): string {
	return `${status} ${JSON.stringify(headers)} ${JSON.stringify(body.toString('utf8').slice(0, 300))}`;
}
