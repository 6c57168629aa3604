import type { PackageDirectoryLoader } from 'n8n-core';
import type { IDataObject, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { coreNodes } from './coreNodes.mts';
import type { Host } from './host.mts';
import { toToolType } from './tool.mts';

/** The node types of the package under test, stand-ins for core nodes, and what a test registers. */
export class NodeTypeRegistry implements INodeTypes {
	private readonly registered = new Map<string, INodeType>(Object.entries(coreNodes));

	constructor(
		private readonly host: Host,
		private readonly loader: PackageDirectoryLoader,
	) {}

	register(type: string, nodeType: INodeType): void {
		this.registered.set(type, nodeType);
	}

	/** `fishSpeechVoices` becomes the package's full type; a name with a dot is one already. */
	fullName(name: string): string {
		return name.includes('.') ? name : `${this.loader.packageName}.${name}`;
	}

	getByName(type: string): INodeType | IVersionedNodeType {
		const registered = this.registered.get(type);
		if (registered) return registered;
		const prefix = `${this.loader.packageName}.`;
		if (!type.startsWith(prefix)) {
			throw new Error(`node type ${type} is neither of the package nor registered in the engine`);
		}
		return this.loader.getNode(type.slice(prefix.length)).type;
	}

	getByNameAndVersion(type: string, version?: number): INodeType {
		const base = this.toolBase(type);
		if (base === undefined) {
			return this.host.workflow.NodeHelpers.getVersionedNodeType(this.getByName(type), version);
		}
		const tool = toToolType(this.host, this.getByNameAndVersion(base, version));
		this.register(type, tool);
		return tool;
	}

	getKnownTypes(): IDataObject {
		return { ...this.loader.known.nodes };
	}

	/** The node behind `<name>Tool`, which n8n makes up on demand. */
	private toolBase(type: string): string | undefined {
		if (this.registered.has(type) || !type.endsWith('Tool')) return undefined;
		const base = type.slice(0, -'Tool'.length);
		const isKnown = base.slice(this.loader.packageName.length + 1) in this.loader.known.nodes;
		return isKnown ? base : undefined;
	}
}
