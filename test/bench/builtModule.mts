import { createRequire } from 'node:module';
import path from 'node:path';
import { repositoryRoot } from '../support/engine/host.mts';

const load = createRequire(import.meta.url);

/** A module as it is shipped, e.g. `shared/api/policy/polling`. */
export function builtModule<T>(name: string): T {
	return load(path.join(repositoryRoot, 'dist', 'nodes', `${name}.js`)) as T;
}
