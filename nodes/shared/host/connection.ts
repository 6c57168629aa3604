import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { apiTokenProblem } from '../api/apiToken';
import { baseUrlProblem } from '../api/baseUrl';
import { openAccount, type Account } from '../api/client/apiClient';
import { failure, type ServiceError } from '../api/errors';
import type { Transport } from '../api/http/transport';
import { undiciTransport } from '../api/http/undiciTransport';
import { cleanServerMessage } from '../api/redact';
import type { Service } from '../api/service';
import { helperTransport } from './helperTransport';
import { runtime } from './runtime';

/** Whatever n8n calls a node with. */
export type HostFunctions =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IPollFunctions
	| IWebhookFunctions;

/** The account of this node's credential. Throws `invalidParameter` when it cannot be used. */
export async function connect(host: HostFunctions, service: Service): Promise<Account> {
	const { apiToken, baseUrl } = await credentialOf(host, service);
	const problem =
		baseUrlProblem(String(baseUrl ?? ''), service.baseUrl) ??
		apiTokenProblem(typeof apiToken === 'string' ? apiToken : '');
	const { displayName } = service.credential;
	if (problem !== undefined)
		throw unusable(
			service,
			`cannot be used. ${problem}`,
			`Open the ${displayName} credential and correct it. Nothing was sent.`,
		);
	return openAccount({
		service,
		baseUrl: String(baseUrl),
		token: String(apiToken).trim(),
		transport: await hostTransport(host),
		clock: runtime,
	});
}

async function credentialOf(
	host: HostFunctions,
	service: Service,
): Promise<{ readonly apiToken: unknown; readonly baseUrl: unknown }> {
	const { type, displayName } = service.credential;
	try {
		return await host.getCredentials<{ apiToken: unknown; baseUrl: unknown }>(type);
	} catch (error) {
		const said = error instanceof Error ? cleanServerMessage(error.message, []) : '';
		throw unusable(
			service,
			`could not be read: ${said || 'n8n gave no reason'}`,
			`Choose a ${displayName} credential in the node that this workflow may use. Nothing was sent.`,
		);
	}
}

function unusable({ credential }: Service, problem: string, action: string): ServiceError {
	return failure('invalidParameter', `The ${credential.displayName} credential ${problem}`, {
		action,
	});
}

/** undici where the host offers its copy and an egress filter for it; else n8n's helper. */
async function hostTransport(host: HostFunctions): Promise<Transport> {
	const { helpers } = host;
	// Hosts before 2.30 have no egress filter, whatever the types say.
	const hasFilter = typeof helpers.getSecureEgressFilter === 'function';
	const fast = hasFilter ? await undiciTransport(helpers.getSecureEgressFilter()) : undefined;
	return fast ?? helperTransport(helpers);
}
