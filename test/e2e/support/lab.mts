import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.mts';
import type { Execution } from '../host/execution.mts';
import { type Credential, N8nClient, type Workflow } from '../host/n8n-client.mts';
import { N8nServer, type N8nServerOptions } from '../host/n8n-server.mts';
import { START_NODE, type WorkflowDefinition } from '../host/workflow.mts';
import { CREDENTIALS, type ServiceName } from './nodes.mts';

export interface LabOptions extends N8nServerOptions {
	readonly sandbox?: SandboxOptions;
	/** Whose credential is made; the package in the archive has to fit. */
	readonly service?: ServiceName;
}

/** Whatever n8n consists of, one process or many. */
export interface N8nHost {
	readonly baseUrl: string;
	close(): Promise<void>;
}

/** A real n8n with the packed package, a sandbox beside it and a credential that fits. */
export class Lab<Host extends N8nHost = N8nServer> implements AsyncDisposable {
	private constructor(
		readonly server: Host,
		readonly client: N8nClient,
		readonly sandbox: Sandbox,
		readonly credential: Credential,
	) {}

	static async start({ sandbox, service, ...options }: LabOptions): Promise<Lab> {
		return await Lab.around(async () => await N8nServer.start(options), sandbox, service);
	}

	/** A lab over an n8n that `startHost` starts. */
	static async around<Host extends N8nHost>(
		startHost: () => Promise<Host>,
		sandboxOptions: SandboxOptions = {},
		service: ServiceName = 'fishSpeech',
	): Promise<Lab<Host>> {
		const sandbox = await startSandbox({ jobDurationMs: 300, ...sandboxOptions });
		let server: Host | undefined;
		try {
			server = await startHost();
			const client = await N8nClient.signIn(server.baseUrl);
			const { name, type } = CREDENTIALS[service];
			const credential = await client.createCredential(name, type, {
				apiToken: sandbox.token,
				baseUrl: service === 'aceData' ? sandbox.origin : sandbox.baseUrl,
			});
			return new Lab(server, client, sandbox, credential);
		} catch (error) {
			await server?.close();
			await sandbox.close();
			throw error;
		}
	}

	/** What a node's `credentials` holds. */
	get credentials(): Record<string, { id: string; name: string }> {
		const { id, name, type } = this.credential;
		return { [type]: { id, name } };
	}

	/** Runs a workflow as the editor's button does and returns the execution once it has ended. */
	async run(definition: WorkflowDefinition, triggerName = START_NODE): Promise<Execution> {
		const workflow = await this.client.createWorkflow(definition);
		return await this.client.endOf(await this.client.startManually(workflow, triggerName));
	}

	/** Makes a workflow that begins with a webhook ready for production executions. */
	async activate(definition: WorkflowDefinition): Promise<Workflow> {
		const workflow = await this.client.createWorkflow(definition);
		await this.client.activate(workflow);
		return workflow;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		await this.sandbox.close();
	}
}
