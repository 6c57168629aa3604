import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

import { bearerAuthentication } from '../nodes/shared/api/bearerAuthentication';
import { aceData } from '../nodes/shared/acedata/service.mts';

const { default: DEFAULT_BASE_URL } = aceData.baseUrl;

export class AceDataCloudApi implements ICredentialType {
	name = 'aceDataCloudApi';

	displayName = 'AceDataCloud API';

	icon: Icon = { light: 'file:../icons/acedata.svg', dark: 'file:../icons/acedata.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-acedata-fish#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Token of an application on platform.acedata.cloud that may use the Fish API',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			required: true,
			placeholder: `e.g. ${DEFAULT_BASE_URL}`,
			description:
				'Address of the API. Change it only for a gateway of your own: it must use https.',
		},
	];

	authenticate = bearerAuthentication(aceData.baseUrl);

	/** Costs nothing: no task is asked for. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.trim()}}',
			url: '/fish/tasks',
			method: 'POST',
			body: { action: 'retrieve_batch', ids: [] },
		},
		rules: [
			rule(400, 'The API token was not accepted: it belongs to another API, or is disabled.'),
			rule(401, 'The API token was not accepted: it is mistyped or has expired. Copy it again.'),
			rule(
				403,
				'The API token works, but the application has used up its balance, is disabled, or may not use the Fish API.',
			),
			rule(404, `There is no AceDataCloud API at this base URL. It is ${DEFAULT_BASE_URL}.`),
		],
	};
}

function rule(value: number, message: string) {
	return { type: 'responseCode' as const, properties: { value, message } };
}
