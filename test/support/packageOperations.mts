import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './engine/host.mts';

const OPERATION_FILE = /^([A-Za-z]+)\.operation\.ts$/;

/**
 * Every operation of the package, as `fishSpeechProfile.get`, sorted: each has a file in the folder of a node that
 * package.json names. The tests of the descriptions hold these files against what the nodes offer.
 */
export function packageOperations(): string[] {
	return publishedNodes()
		.flatMap(({ name, folder }) =>
			readdirSync(path.join(repositoryRoot, folder)).flatMap((file) => {
				const operation = OPERATION_FILE.exec(file)?.[1];
				return operation === undefined ? [] : [`${name}.${operation}`];
			}),
		)
		.sort();
}

/** The nodes that package.json names, and the folders of their sources. */
export function publishedNodes(): Array<{ readonly name: string; readonly folder: string }> {
	const manifest: { n8n: { nodes: string[] } } = JSON.parse(
		readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
	);
	return manifest.n8n.nodes.map((file) => {
		const className = path.basename(file, '.node.js');
		const name = className.charAt(0).toLowerCase() + className.slice(1);
		return { name, folder: path.dirname(file.replace(/^dist\//, '')) };
	});
}
