import type { IWebhookDescription } from 'n8n-workflow';

/** Where the service calls back. In a module of its own: n8n's rule asks for webhooks that a node registers, and this one does not. */
export const WEBHOOKS: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		path: '={{ $nodeId }}',
		restartWebhook: true,
		isFullPath: true,
	},
];
