import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsHelper,
	ICredentialType,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeProperties,
	IRequestOptionsSimplified,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import type { Host } from './host.mts';

export interface CredentialReference {
	readonly id: string;
	readonly name: string;
}

/** Looks up the credential types of the loaded package. */
export type CredentialTypes = (typeName: string) => ICredentialType;

interface StoredCredential {
	readonly type: string;
	data: ICredentialDataDecryptedObject;
}

/** Credentials in memory, behind the interface through which n8n's engine reads them. */
export class CredentialStore implements ICredentialsHelper {
	private readonly stored = new Map<string, StoredCredential>();

	constructor(
		private readonly host: Host,
		private readonly typeOf: CredentialTypes,
	) {}

	add(type: string, data: ICredentialDataDecryptedObject): CredentialReference {
		const id = `credential-${this.stored.size + 1}`;
		this.stored.set(id, { type, data });
		return { id, name: `${type} ${this.stored.size}` };
	}

	/** What the user does who mends a credential between a failure and its Retry. */
	update(reference: CredentialReference, data: ICredentialDataDecryptedObject): void {
		const found = this.find(reference.id);
		found.data = { ...found.data, ...data };
	}

	typeNameOf(reference: CredentialReference): string {
		return this.find(reference.id).type;
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		nodeCredentials: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const found = this.find(nodeCredentials.id);
		if (found.type !== type) throw new Error(`credential ${nodeCredentials.id} is no ${type}`);
		const defaults = this.getCredentialsProperties(type).map(({ name, default: value }) => [
			name,
			value,
		]);
		return { ...Object.fromEntries(defaults), ...found.data };
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const request = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.typeOf(typeName);
		if (!authenticate) return request;
		if (typeof authenticate === 'function') return await authenticate(credentials, request);
		if (!workflow || !node) throw new Error('a declarative credential needs a workflow and a node');
		const resolve = (value: string) => this.resolve(value, credentials, workflow, node);
		const additions: IDataObject = {};
		for (const [part, fields] of Object.entries(authenticate.properties)) {
			const resolved = Object.entries<unknown>(fields).map(([name, value]) => [
				resolve(name),
				resolve(String(value)),
			]);
			additions[part] = { ...Reflect.get(request, part), ...Object.fromEntries(resolved) };
		}
		return { headers: {}, ...request, ...additions };
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.typeOf(type).properties;
	}

	getParentTypes(type: string): string[] {
		return this.typeOf(type).extends ?? [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	/** No credential here expires, so there is nothing to fetch before a request. */
	async preAuthentication(): Promise<undefined> {}

	async runPreAuthentication(): Promise<undefined> {}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('encrypted credentials are not part of the test engine');
	}

	async updateCredentials(
		nodeCredentials: INodeCredentialsDetails,
		_type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.find(nodeCredentials.id).data = data;
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new Error('OAuth is not part of the test engine');
	}

	private find(id: string | null): StoredCredential {
		const found = id === null ? undefined : this.stored.get(id);
		if (!found) throw new Error(`no credential with id ${id}`);
		return found;
	}

	private resolve(
		value: string,
		credentials: ICredentialDataDecryptedObject,
		workflow: Workflow,
		node: INode,
	): string {
		if (!this.host.workflow.isExpression(value)) return value;
		const keys = { $credentials: credentials };
		const resolved = workflow.expression.getSimpleParameterValue(node, value, 'internal', keys);
		return String(resolved ?? '');
	}
}
