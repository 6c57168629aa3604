import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { apiTokenProblem } from '../api/apiToken';
import { baseUrlProblem } from '../api/baseUrl';
import { FishSpeechClient } from '../api/client';
import { FishSpeechError } from '../api/errors';
import type { Transport } from '../api/http/transport';
import { undiciTransport } from '../api/http/undiciTransport';
import { helperTransport } from './helperTransport';
import { cleanServerMessage } from '../api/redact';
import { runtime } from './runtime';

export const CREDENTIAL_NAME = 'fishSpeechApi';

type HostFunctions = IExecuteFunctions | ILoadOptionsFunctions;

/** The client for the account of this node's credential. Throws `invalidParameter` when it cannot be used. */
export async function connect(host: HostFunctions, operation: string): Promise<FishSpeechClient> {
	const { apiToken, baseUrl } = await credentialOf(host, operation);
	const problem =
		baseUrlProblem(String(baseUrl ?? '')) ??
		apiTokenProblem(typeof apiToken === 'string' ? apiToken : '');
	if (problem !== undefined)
		throw unusable(
			operation,
			`cannot be used. ${problem}`,
			'Open the FishSpeech API credential and correct it. Nothing was sent.',
		);
	return new FishSpeechClient({
		baseUrl: String(baseUrl),
		token: String(apiToken).trim(),
		transport: await hostTransport(host),
		clock: runtime,
	});
}

async function credentialOf(
	host: HostFunctions,
	operation: string,
): Promise<{ readonly apiToken: unknown; readonly baseUrl: unknown }> {
	try {
		return await host.getCredentials<{ apiToken: unknown; baseUrl: unknown }>(CREDENTIAL_NAME);
	} catch (error) {
		const said = error instanceof Error ? cleanServerMessage(error.message, []) : '';
		throw unusable(
			operation,
			`could not be read: ${said || 'n8n gave no reason'}`,
			'Choose a FishSpeech API credential in the node that this workflow may use. Nothing was sent.',
		);
	}
}

function unusable(operation: string, problem: string, action: string): FishSpeechError {
	return new FishSpeechError(`The FishSpeech API credential ${problem}`, {
		action,
		details: {
			kind: 'terminal',
			reason: 'invalidParameter',
			operation,
			attempts: 0,
			outcomeUnknown: false,
		},
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
