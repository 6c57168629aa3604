import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { apiTokenProblem } from '../api/apiToken';
import { baseUrlProblem } from '../api/baseUrl';
import { FishSpeechClient } from '../api/client';
import { FishSpeechError } from '../api/errors';
import type { Transport } from '../api/http/transport';
import { undiciTransport } from '../api/http/undiciTransport';
import { helperTransport } from './helperTransport';
import { runtime } from './runtime';

export const CREDENTIAL_NAME = 'fishSpeechApi';

type HostFunctions = IExecuteFunctions | ILoadOptionsFunctions;

/** The client for the account of this node's credential. Throws `invalidParameter` when it cannot be used. */
export async function connect(host: HostFunctions, operation: string): Promise<FishSpeechClient> {
	const { apiToken, baseUrl } = await host.getCredentials<{ apiToken: unknown; baseUrl: unknown }>(
		CREDENTIAL_NAME,
	);
	const problem =
		baseUrlProblem(String(baseUrl ?? '')) ??
		apiTokenProblem(typeof apiToken === 'string' ? apiToken : '');
	if (problem !== undefined)
		throw new FishSpeechError(`The FishSpeech API credential cannot be used. ${problem}`, {
			details: {
				kind: 'terminal',
				reason: 'invalidParameter',
				operation,
				attempts: 0,
				outcomeUnknown: false,
			},
			action: 'Open the FishSpeech API credential and correct it. Nothing was sent.',
		});
	return new FishSpeechClient({
		baseUrl: String(baseUrl),
		token: String(apiToken).trim(),
		transport: await hostTransport(host),
		clock: runtime,
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
