import type {
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';
import type { LoadOptionsContext } from 'n8n-core';
import type { CredentialReference } from './credentials.mts';
import type { Host } from './host.mts';
import type { NodeTypeRegistry } from './nodeTypes.mts';
import type { WorkflowRunner } from './runner.mts';

export interface EditorCall {
	/** The node's parameters as they stand in the open panel. */
	readonly parameters?: INodeParameters;
	readonly credentials: Readonly<Record<string, CredentialReference>>;
	readonly typeVersion?: number;
	/** The parameter whose list is opened. */
	readonly path?: string;
}

export interface ListSearchCall extends EditorCall {
	readonly filter?: string;
	readonly paginationToken?: string;
}

const temporaryName = 'Temp-Node';

/** The calls that n8n's editor makes while a node's panel is open: no execution, no execution id, no cancel signal. */
export class EditorCalls {
	constructor(
		private readonly host: Host,
		private readonly nodeTypes: NodeTypeRegistry,
		private readonly runner: WorkflowRunner,
	) {}

	async listSearch(
		type: string,
		method: string,
		call: ListSearchCall,
	): Promise<INodeListSearchResult> {
		const { methods } = this.nodeTypes.getByNameAndVersion(type, call.typeVersion);
		const search = methods?.listSearch?.[method];
		if (!search) throw new Error(`${type} has no list search "${method}"`);
		return await search.call(this.context(type, call), call.filter, call.paginationToken);
	}

	async loadOptions(
		type: string,
		method: string,
		call: EditorCall,
	): Promise<INodePropertyOptions[]> {
		const { methods } = this.nodeTypes.getByNameAndVersion(type, call.typeVersion);
		const load = methods?.loadOptions?.[method];
		if (!load) throw new Error(`${type} has no load options "${method}"`);
		return await load.call(this.context(type, call));
	}

	async resourceMapping(
		type: string,
		method: string,
		call: EditorCall,
	): Promise<ResourceMapperFields> {
		const { methods } = this.nodeTypes.getByNameAndVersion(type, call.typeVersion);
		const load = methods?.resourceMapping?.[method];
		if (!load) throw new Error(`${type} has no resource mapping "${method}"`);
		return await load.call(this.context(type, call));
	}

	private context(type: string, call: EditorCall): LoadOptionsContext {
		const parameters = call.parameters ?? {};
		const workflow = this.runner.createWorkflow({
			nodes: [
				{
					id: 'temporary',
					name: temporaryName,
					type,
					typeVersion: call.typeVersion ?? 1,
					position: [0, 0],
					parameters,
					credentials: call.credentials,
				},
			],
			connections: {},
		});
		const node = workflow.getNode(temporaryName);
		if (!node) throw new Error('the temporary node is missing');
		const additionalData = this.runner.additionalData({ currentNodeParameters: parameters });
		return new this.host.core.LoadOptionsContext(workflow, node, additionalData, call.path ?? '');
	}
}
