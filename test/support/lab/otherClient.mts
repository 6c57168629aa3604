import { partsOf, type Endpoint } from '../../sandbox/endpoints.mts';
import type { Sandbox } from '../../sandbox/server.mts';

/** Calls the service with the lab's account, beside n8n: JSON, or a form. Throws for an answer that is not a 2xx. */
export async function callBesideN8n(
	{ sandbox }: { readonly sandbox: Sandbox },
	endpoint: Endpoint,
	body: object,
): Promise<Buffer> {
	const { method, path } = partsOf(endpoint);
	const isForm = body instanceof FormData;
	const base = path.startsWith('/fish/') ? sandbox.origin : sandbox.baseUrl;
	const response = await fetch(base + path, {
		method,
		headers: {
			authorization: `Bearer ${sandbox.token}`,
			...(!isForm && { 'content-type': 'application/json' }),
		},
		body: isForm ? body : JSON.stringify(body),
	});
	if (!response.ok) throw new Error(`the sandbox answered ${response.status}`);
	return Buffer.from(await response.arrayBuffer());
}
