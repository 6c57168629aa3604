import { createEngine } from '../../support/engine/index.mts';

/** The node and credential types of a package, as n8n's own loader finds them. Throws for one without any. */
export async function loadedTypes(packageDir: string): Promise<string[]> {
	const engine = await createEngine({ packageDir });
	try {
		const { nodes, credentials } = engine.loader.types;
		const names = [...nodes, ...credentials].map(({ name }) => name);
		if (nodes.length === 0 || credentials.length === 0)
			throw new Error(`n8n loads ${names.join(', ') || 'nothing'}`);
		return names;
	} finally {
		await engine.close();
	}
}
