import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { apiTokenProblem } from '../nodes/shared/api/apiToken';
import { baseUrlProblem, normalizeBaseUrl } from '../nodes/shared/api/baseUrl';
import { fishSpeech } from '../nodes/shared/fishspeech/service';

type RequestOptions = IHttpRequestOptions & { readonly uri?: unknown };

/** The origins that a request names. The HTTP Request node still puts its address into `uri`, whatever the types say. */
function originsOf({ url, uri, baseURL }: RequestOptions): ReadonlyArray<string | undefined> {
	const addresses = [url, uri].flatMap((address) => (address ? [String(address)] : []));
	return addresses.length === 0
		? [undefined]
		: addresses.map((address) => originOf(address, baseURL));
}

function originOf(address: string, baseURL = ''): string | undefined {
	// An address without a scheme that names a host of its own.
	if (/^[/\\]{2}/.test(address)) return undefined;
	// Otherwise relative to the base with its whole path, as HTTP libraries join the two.
	const whole = URL.canParse(address) ? address : `${baseURL}/${address}`;
	return URL.canParse(whole) ? new URL(whole).origin : undefined;
}

/**
 * Adds the bearer token, after checking that it goes where it belongs: an API base URL that may be used, and no other
 * origin. Serves the credential test and the HTTP Request node; the nodes of this package use their own transport.
 */
async function authenticate(
	credentials: ICredentialDataDecryptedObject,
	requestOptions: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
	const baseUrl = String(credentials.baseUrl ?? '');
	const apiToken = String(credentials.apiToken ?? '');
	const problem = baseUrlProblem(baseUrl, fishSpeech.baseUrl) ?? apiTokenProblem(apiToken);
	if (problem !== undefined) throw new Error(problem);
	const { origin } = new URL(normalizeBaseUrl(baseUrl));
	const origins = originsOf(requestOptions);
	const other = origins.findIndex((target) => target !== origin);
	if (other !== -1)
		throw new Error(
			`This credential is for ${origin} only, so its token was not sent to ${origins[other] ?? 'an unknown address'}. Use another credential there.`,
		);
	return {
		...requestOptions,
		sendCredentialsOnCrossOriginRedirect: false,
		headers: {
			...requestOptions.headers,
			Authorization: `Bearer ${apiToken.trim()}`,
		},
	};
}

export class FishSpeechApi implements ICredentialType {
	name = 'fishSpeechApi';

	displayName = 'FishSpeech API';

	icon: Icon = { light: 'file:../icons/fishspeech.svg', dark: 'file:../icons/fishspeech.dark.svg' };

	documentationUrl = 'https://github.com/fishspeech-community/n8n-nodes-fishspeech#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Token of the FishSpeech Open API, made in the API section of your FishSpeech account. Tokens of api.fish.audio do not work here.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: fishSpeech.baseUrl.default,
			required: true,
			placeholder: `e.g. ${fishSpeech.baseUrl.default}`,
			description:
				'Address of the API. Change it only for a gateway of your own: it must use https and end in /api/open/v1.',
		},
	];

	authenticate = authenticate;

	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/profile' },
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'The API token was not accepted: it is mistyped, revoked or disabled. Copy it again from your FishSpeech account.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 402,
					message:
						'The API token works, but the account has no credits or API quota left. Add some first.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'Access was refused. Check that the account may use the Open API and that no firewall stands in the way.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: `There is no FishSpeech API at this base URL. The public one is ${fishSpeech.baseUrl.default}.`,
				},
			},
		],
	};
}
