import { z } from 'zod/v4';

import {
	type BinaryReference,
	type Execution,
	type ExecutionStatus,
	executionSchema,
	executionStatusSchema,
} from './execution.mts';
import { until } from './until.mts';
import type { WorkflowDefinition } from './workflow.mts';

export const OWNER = { email: 'owner@example.test', password: 'Owner-pass-1' } as const;

const COOKIE_NAME = 'n8n-auth';
const EXECUTION_TIMEOUT_MS = 120_000;
const ENDED: ReadonlySet<ExecutionStatus> = new Set(['success', 'error', 'canceled', 'crashed']);

const credentialSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });
const credentialTestSchema = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });
const workflowSchema = z.object({ id: z.string(), name: z.string(), versionId: z.string() });
const runSchema = z.object({ executionId: z.string() });
const executionListSchema = z.object({
	results: z.array(z.object({ id: z.string(), status: executionStatusSchema, mode: z.string() })),
});
const locatorResultsSchema = z.object({
	results: z.array(z.looseObject({ name: z.string(), value: z.union([z.string(), z.number()]) })),
	paginationToken: z.union([z.string(), z.number()]).optional(),
});
const nodeTypeSchema = z.looseObject({
	name: z.string(),
	displayName: z.string(),
	iconUrl: z.union([z.string(), z.object({ light: z.string(), dark: z.string() })]).optional(),
	codex: z.looseObject({ categories: z.array(z.string()).optional() }).optional(),
});
const credentialTypeSchema = nodeTypeSchema.omit({ codex: true });
const projectSchema = z.object({ id: z.string() });
const dataTableSchema = z.object({ id: z.string(), name: z.string() });

export type Credential = z.infer<typeof credentialSchema>;
export type CredentialTest = z.infer<typeof credentialTestSchema>;
export type Workflow = z.infer<typeof workflowSchema>;
export type LocatorResults = z.infer<typeof locatorResultsSchema>;
export type NodeType = z.infer<typeof nodeTypeSchema>;
export type CredentialType = z.infer<typeof credentialTypeSchema>;
export type CredentialReference = Readonly<Pick<Credential, 'id' | 'name'>>;

export interface LocatorQuery {
	readonly nodeType: string;
	readonly parameter: string;
	readonly method: string;
	readonly nodeParameters: Readonly<Record<string, unknown>>;
	readonly credentials: Readonly<Record<string, CredentialReference>>;
	readonly filter?: string;
	readonly paginationToken?: string | number;
}

/** n8n answered with another status than 2xx; the message holds its answer. */
export class N8nApiError extends Error {
	constructor(
		request: string,
		readonly status: number,
		readonly answer: string,
	) {
		super(`${request} was answered ${status}: ${answer.slice(0, 500)}`);
	}
}

/** The REST calls of n8n's editor, signed in as the owner. Every answer is parsed. */
export class N8nClient {
	/** n8n ties a session to the browser that opened it. */
	readonly browserId = 'e2e-browser';
	#authToken = '';

	private constructor(readonly baseUrl: string) {}

	/** Signs in as the owner, who is set up first in a fresh n8n. */
	static async signIn(baseUrl: string): Promise<N8nClient> {
		const client = new N8nClient(baseUrl);
		const login = { emailOrLdapLoginId: OWNER.email, password: OWNER.password };
		try {
			await client.#send('POST', '/rest/login', login);
		} catch (error) {
			if (!(error instanceof N8nApiError) || error.status !== 401) throw error;
			const owner = { ...OWNER, firstName: 'Olive', lastName: 'Owner' };
			await client.#send('POST', '/rest/owner/setup', owner);
		}
		return client;
	}

	/** The session, for a browser that is to be signed in as well. */
	get authCookie(): { name: string; value: string } {
		return { name: COOKIE_NAME, value: this.#authToken };
	}

	async nodeTypes(): Promise<NodeType[]> {
		return z.array(nodeTypeSchema).parse(await this.#json('GET', '/types/nodes.json'));
	}

	async credentialTypes(): Promise<CredentialType[]> {
		return z.array(credentialTypeSchema).parse(await this.#json('GET', '/types/credentials.json'));
	}

	/** Any file that n8n serves, e.g. an icon. */
	async download(path: string): Promise<Response> {
		return await this.#send('GET', path);
	}

	async createCredential(
		name: string,
		type: string,
		data: Readonly<Record<string, unknown>>,
	): Promise<Credential> {
		return await this.#call(credentialSchema, 'POST', '/rest/credentials', { name, type, data });
	}

	async updateCredential(
		{ id, name, type }: Credential,
		data: Readonly<Record<string, unknown>>,
	): Promise<void> {
		await this.#call(credentialSchema, 'PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	async credentials(): Promise<Credential[]> {
		return await this.#call(z.array(credentialSchema), 'GET', '/rest/credentials');
	}

	async deleteCredential({ id }: Credential): Promise<void> {
		await this.#call(z.unknown(), 'DELETE', `/rest/credentials/${id}`);
	}

	/** Tests a stored credential, with `data` in the place of what is stored. */
	async testCredential(
		{ id, name, type }: Credential,
		data: Readonly<Record<string, unknown>>,
	): Promise<CredentialTest> {
		const body = { credentials: { id, name, type, data } };
		return await this.#call(credentialTestSchema, 'POST', '/rest/credentials/test', body);
	}

	async locatorResults(query: LocatorQuery): Promise<LocatorResults> {
		return await this.#call(
			locatorResultsSchema,
			'POST',
			'/rest/dynamic-node-parameters/resource-locator-results',
			{
				nodeTypeAndVersion: { name: query.nodeType, version: 1 },
				path: `parameters.${query.parameter}`,
				methodName: query.method,
				currentNodeParameters: query.nodeParameters,
				credentials: query.credentials,
				...(query.filter !== undefined && { filter: query.filter }),
				...(query.paginationToken !== undefined && { paginationToken: query.paginationToken }),
			},
		);
	}

	async createWorkflow(workflow: WorkflowDefinition): Promise<Workflow> {
		return await this.#call(workflowSchema, 'POST', '/rest/workflows', workflow);
	}

	async activate({ id, versionId }: Workflow): Promise<void> {
		await this.#call(z.unknown(), 'POST', `/rest/workflows/${id}/activate`, { versionId });
	}

	async deactivate({ id }: Workflow): Promise<void> {
		await this.#call(z.unknown(), 'POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/** Starts a manual execution, as the editor's button does; returns its id. */
	async startManually({ id }: Workflow, triggerName: string): Promise<string> {
		const body = { triggerToStartFrom: { name: triggerName } };
		const run = await this.#call(runSchema, 'POST', `/rest/workflows/${id}/run`, body);
		return run.executionId;
	}

	/** Starts a production execution of an active workflow through its webhook; returns its id. */
	async startByWebhook(workflow: Workflow, path: string, body: unknown): Promise<string> {
		const [id = ''] = await this.startByWebhooks(workflow, path, [body]);
		return id;
	}

	/** Starts as many executions as there are bodies, all at the same time; returns their ids in the order of n8n. */
	async startByWebhooks(
		workflow: Workflow,
		path: string,
		bodies: readonly unknown[],
	): Promise<string[]> {
		return await this.#startedBy(workflow, bodies.length, async () => {
			const posts = bodies.map(async (body) => await this.#json('POST', `/webhook/${path}`, body));
			await Promise.all(posts);
		});
	}

	/** The same several times at the same moment; returns the ids in no particular order. */
	async startSeveralByWebhook(
		workflow: Workflow,
		path: string,
		bodies: readonly unknown[],
	): Promise<string[]> {
		const known = new Set((await this.executionsOf(workflow)).map(({ id }) => id));
		await Promise.all(
			bodies.map(async (body) => await this.#json('POST', `/webhook/${path}`, body)),
		);
		return await until('all of them to be started', EXECUTION_TIMEOUT_MS, async () => {
			const ids = (await this.executionsOf(workflow)).map(({ id }) => id);
			const started = ids.filter((id) => !known.has(id));
			return started.length === bodies.length ? started : undefined;
		});
	}

	/** Sends in the form of an active workflow, its fields in their order; returns the execution's id. */
	async startByForm(
		workflow: Workflow,
		path: string,
		fields: ReadonlyArray<string | File>,
	): Promise<string> {
		const [id = ''] = await this.#startedBy(workflow, 1, async () => {
			const form = new FormData();
			for (const [index, value] of fields.entries()) form.append(`field-${index}`, value);
			await this.#send('POST', `/form/${path}`, form);
		});
		return id;
	}

	async #startedBy(
		workflow: Workflow,
		count: number,
		start: () => Promise<void>,
	): Promise<string[]> {
		const known = new Set((await this.executionsOf(workflow)).map(({ id }) => id));
		await start();
		return await until(`${count} new executions`, EXECUTION_TIMEOUT_MS, async () => {
			const ids = (await this.executionsOf(workflow)).map(({ id }) => id);
			const started = ids.filter((id) => !known.has(id));
			return started.length >= count ? started : undefined;
		});
	}

	async executionsOf({ id }: Workflow) {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
		const path = `/rest/executions?filter=${filter}`;
		return (await this.#call(executionListSchema, 'GET', path)).results;
	}

	async execution(id: string): Promise<Execution> {
		return await this.#call(executionSchema, 'GET', `/rest/executions/${id}`);
	}

	/** The execution once it sleeps in the database. */
	async sleepOf(id: string): Promise<Execution> {
		return await until(`execution ${id} to sleep`, EXECUTION_TIMEOUT_MS, async () => {
			const execution = await this.execution(id);
			if (ENDED.has(execution.status)) throw new Error(`it is ${execution.status}`);
			return execution.status === 'waiting' ? execution : undefined;
		});
	}

	/** The execution once it has ended, in whatever way. */
	async endOf(id: string, timeoutMs = EXECUTION_TIMEOUT_MS): Promise<Execution> {
		return await until(`execution ${id} to end`, timeoutMs, async () => {
			const execution = await this.execution(id);
			return ENDED.has(execution.status) ? execution : undefined;
		});
	}

	/** "Retry" of a failed execution: n8n answers when the new one has ended. */
	async retry({ id }: Execution): Promise<Execution> {
		const body = { loadWorkflow: false };
		const retried = z.object({ id: z.string() });
		return await this.endOf(
			(await this.#call(retried, 'POST', `/rest/executions/${id}/retry`, body)).id,
		);
	}

	async stop(executionId: string): Promise<void> {
		await this.#call(z.unknown(), 'POST', `/rest/executions/${executionId}/stop`);
	}

	async deleteExecution({ id }: Execution): Promise<void> {
		await this.#call(z.unknown(), 'POST', '/rest/executions/delete', { ids: [id] });
	}

	/** A stored file, downloaded as the editor's Download button does. */
	async binary({ id }: BinaryReference): Promise<Buffer> {
		if (id === undefined) throw new Error('The file is not in the binary store');
		const path = `/rest/binary-data?action=download&id=${encodeURIComponent(id)}`;
		return Buffer.from(await (await this.#send('GET', path)).arrayBuffer());
	}

	/** Makes a data table in the owner's personal project; returns its id. */
	async createDataTable(
		name: string,
		columns: ReadonlyArray<{ name: string; type: 'string' | 'number' | 'boolean' | 'date' }>,
	): Promise<string> {
		const { id } = await this.#call(projectSchema, 'GET', '/rest/projects/personal');
		const path = `/rest/projects/${id}/data-tables`;
		return (await this.#call(dataTableSchema, 'POST', path, { name, columns })).id;
	}

	/** A call whose answer n8n wraps in `{ data }`, as it does under `/rest`. */
	async #call<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
		return z.object({ data: schema }).parse(await this.#json(method, path, body)).data;
	}

	async #json(method: string, path: string, body?: unknown): Promise<unknown> {
		return await (await this.#send(method, path, body)).json();
	}

	async #send(method: string, path: string, body?: unknown): Promise<Response> {
		const isJson = body !== undefined && !(body instanceof FormData);
		const response = await fetch(this.baseUrl + path, {
			method,
			redirect: 'manual',
			headers: {
				'browser-id': this.browserId,
				...(this.#authToken && { cookie: `${COOKIE_NAME}=${this.#authToken}` }),
				...(isJson && { 'content-type': 'application/json' }),
			},
			...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
		});
		for (const cookie of response.headers.getSetCookie()) {
			const token = /^n8n-auth=([^;]*)/.exec(cookie)?.[1];
			if (token !== undefined) this.#authToken = token;
		}
		if (response.ok) return response;
		throw new N8nApiError(`${method} ${path}`, response.status, await response.text());
	}
}
