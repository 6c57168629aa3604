import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { bearerAuthentication } from '../nodes/shared/api/bearerAuthentication';
import { fishSpeech } from '../nodes/shared/fishspeech/service';

const { default: DEFAULT_BASE_URL } = fishSpeech.baseUrl;

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
			default: DEFAULT_BASE_URL,
			required: true,
			placeholder: `e.g. ${DEFAULT_BASE_URL}`,
			description:
				'Address of the API. Change it only for a gateway of your own: it must use https and end in /api/open/v1.',
		},
	];

	authenticate = bearerAuthentication(fishSpeech.baseUrl);

	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl.trim()}}', url: '/profile' },
		rules: [
			rule(
				401,
				'The API token was not accepted: it is mistyped, revoked or disabled. Copy it again from your FishSpeech account.',
			),
			rule(
				402,
				'The API token works, but the account has no credits or API quota left. Add some first.',
			),
			rule(
				403,
				'Access was refused. Check that the account may use the Open API and that no firewall stands in the way.',
			),
			rule(
				404,
				`There is no FishSpeech API at this base URL. The public one is ${DEFAULT_BASE_URL}.`,
			),
		],
	};
}

function rule(value: number, message: string) {
	return { type: 'responseCode' as const, properties: { value, message } };
}
