import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod/v4';

import { REPOSITORY_ROOT } from '../host/runtime.mts';

const manifestSchema = z.object({
	version: z.string(),
	n8n: z.object({ nodes: z.array(z.string()), credentials: z.array(z.string()) }),
});

/** What the package's manifest tells n8n. */
export async function publishedManifest(): Promise<z.infer<typeof manifestSchema>> {
	const text = await readFile(path.join(REPOSITORY_ROOT, 'package.json'), 'utf8');
	return manifestSchema.parse(JSON.parse(text));
}

/** `dist/nodes/FishSpeechProfile/FishSpeechProfile.node.js` → `fishSpeechProfile`. */
export function typeNameOf(file: string): string {
	const className = path.basename(file, '.node.js');
	return className.charAt(0).toLowerCase() + className.slice(1);
}
