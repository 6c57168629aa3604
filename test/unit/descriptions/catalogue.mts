import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
	isINodeProperties,
	isINodePropertyCollection,
	isINodePropertyOptions,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { ApiClient } from '../../../nodes/shared/api/client/apiClient';
import type { ParameterReader } from '../../../nodes/shared/host/parameters/reader';
import type { ReadContext } from '../../../nodes/shared/host/parameters/readContext';
import { repositoryRoot } from '../../support/engine/host.mts';

/** A node of the package, from its source. */
export interface PackageNode {
	readonly name: string;
	/** Relative to the repository. */
	readonly folder: string;
	readonly type: INodeType;
	readonly description: INodeTypeDescription;
	readonly codex: Codex;
	/** The parameter that says what the node does, and its choices: operations, or a trigger's events. */
	readonly control: 'operation' | 'event';
	readonly operations: readonly Choice[];
}

/** An operation, or an event of a trigger. */
export interface Choice {
	readonly name: string;
	readonly fields: readonly INodeProperties[];
	forAccount?(client: ApiClient): Promise<Pick<Choice, 'prepare'>>;
	prepare(reader: ParameterReader, context: ReadContext): unknown;
}

export interface Codex {
	readonly node: string;
	readonly nodeVersion: string;
	readonly codexVersion: string;
	readonly categories: readonly string[];
	readonly alias: readonly string[];
	readonly resources: Readonly<Record<string, ReadonlyArray<{ readonly url: string }>>>;
}

/** A parameter and where it stands, e.g. `synthesize › options › fileName`. */
export interface Parameter {
	readonly place: string;
	readonly property: INodeProperties;
}

/** Every node that package.json names. */
export async function packageNodes(): Promise<PackageNode[]> {
	const manifest: { n8n: { nodes: string[] } } = JSON.parse(
		readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
	);
	return await Promise.all(manifest.n8n.nodes.map(async (file) => await packageNode(file)));
}

async function packageNode(builtFile: string): Promise<PackageNode> {
	const source = path.join(repositoryRoot, builtFile.replace(/^dist\/(.*)\.js$/, '$1.ts'));
	const exported: Record<string, new () => INodeType> = await import(source);
	const className = path.basename(source, '.node.ts');
	const NodeClass = exported[className];
	if (NodeClass === undefined) throw new Error(`${source} does not export ${className}`);
	const type = new NodeClass();
	const codex: Codex = JSON.parse(readFileSync(source.replace(/\.ts$/, '.json'), 'utf8'));
	const folder = path.dirname(source);
	const control = type.description.polling === true ? 'event' : 'operation';
	return {
		name: type.description.name,
		folder: path.relative(repositoryRoot, folder),
		type,
		description: type.description,
		codex,
		control,
		operations: await choicesIn(folder, control),
	};
}

async function choicesIn(folder: string, control: PackageNode['control']): Promise<Choice[]> {
	const files = readdirSync(folder).filter((file) => file.endsWith(`.${control}.ts`));
	const modules = await Promise.all(
		files.map(
			async (file): Promise<Record<string, Choice>> => await import(path.join(folder, file)),
		),
	);
	return modules.flatMap((module) =>
		Object.values(module).filter((value) => typeof value.prepare === 'function'),
	);
}

/** A node's parameters, those within collections included. */
export function parametersOf({ name, description, control }: PackageNode): Parameter[] {
	return description.properties.flatMap((property) => {
		const [choice] = property.displayOptions?.show?.[control] ?? [];
		const place = typeof choice === 'string' ? `${name} › ${choice}` : name;
		return [
			{ place: `${place} › ${property.name}`, property },
			...entriesOf(property).map((entry) => ({
				place: `${place} › ${property.name} › ${entry.name}`,
				property: entry,
			})),
		];
	});
}

/** The parameters within a collection; none for anything else. */
export function entriesOf({ type, options = [] }: INodeProperties): INodeProperties[] {
	if (type === 'fixedCollection')
		return options.flatMap((entry) => (isINodePropertyCollection(entry) ? entry.values : []));
	if (type !== 'collection') return [];
	return options.flatMap((entry) => (isINodeProperties(entry) ? [entry] : []));
}

/** The choices of an options parameter; none for anything else. */
export function choicesOf({ type, options = [] }: INodeProperties): INodePropertyOptions[] {
	if (type !== 'options' && type !== 'multiOptions') return [];
	return options.flatMap((entry) => (isINodePropertyOptions(entry) ? [entry] : []));
}
