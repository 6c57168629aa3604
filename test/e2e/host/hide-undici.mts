/** Preloaded into n8n: a host that does not offer `undici` to community packages. */
import { registerHooks } from 'node:module';

const COMMUNITY_PACKAGES = '/.n8n/nodes/node_modules/';

registerHooks({
	resolve(specifier, context, nextResolve) {
		if (specifier === 'undici' && context.parentURL?.includes(COMMUNITY_PACKAGES)) {
			throw Object.assign(new Error("Cannot find module 'undici'"), { code: 'MODULE_NOT_FOUND' });
		}
		return nextResolve(specifier, context);
	},
});
