import type { ICredentialsHelper, IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import type { Host } from './host.mts';
import { ssrfBridge } from './olderHosts.mts';

/** What n8n's server hands to each execution; `baseUrl` ends with a slash. */
export function createAdditionalData(
	host: Host,
	credentialsHelper: ICredentialsHelper,
	baseUrl: string,
): IWorkflowExecuteAdditionalData {
	const { container, core } = host;
	return {
		...ssrfBridge(host),
		credentialsHelper,
		// Looked up when asked for only: older hosts do not have it.
		get externalSecretsProxy() {
			return container.get(core.ExternalSecretsProxy);
		},
		currentNodeExecutionIndex: 0,
		instanceBaseUrl: baseUrl,
		restApiUrl: `${baseUrl}rest`,
		formBaseUrl: `${baseUrl}form`,
		formTestBaseUrl: `${baseUrl}form-test`,
		formWaitingBaseUrl: `${baseUrl}form-waiting`,
		webhookBaseUrl: `${baseUrl}webhook`,
		webhookTestBaseUrl: `${baseUrl}webhook-test`,
		webhookWaitingBaseUrl: `${baseUrl}webhook-waiting`,
		mcpBaseUrl: `${baseUrl}mcp`,
		mcpTestBaseUrl: `${baseUrl}mcp-test`,
		variables: {},
		userId: 'user-1',
		logAiEvent: () => {},
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		executeWorkflow: unsupported('sub-workflows'),
		startRunnerTask: unsupported('task runners'),
	};
}

function unsupported(what: string): () => Promise<never> {
	return async () => {
		throw new Error(`${what} are not part of the test engine`);
	};
}
