import type { INode } from 'n8n-workflow';
import { node } from '../../e2e/host/workflow.mts';

/** The bench's server takes any. */
export const TOKEN = 'bench-token';

/** As a user would set it up who follows the service's documentation. */
export function httpRequestNode(url: string): INode {
	const parameters = {
		method: 'POST',
		url,
		sendHeaders: true,
		headerParameters: { parameters: [{ name: 'authorization', value: `Bearer ${TOKEN}` }] },
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify({ text: $json.text, voiceId: "voice_123", format: "mp3" }) }}',
		options: { response: { response: { responseFormat: 'file' } } },
	};
	return node('HTTP Request', 'n8n-nodes-base.httpRequest', parameters, { typeVersion: 4.2 });
}
