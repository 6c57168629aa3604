import type { JsonLimits } from '../api/http/jsonScan';
import { firstText, isWireObject, type WireObject } from '../api/wire';
import { followed } from './references';
import { shortPath, type ApiBase } from './schemaPath';

/** How large a schema may be. */
export const SCHEMA_LIMITS: JsonLimits = { bytes: 5 * 1024 ** 2, depth: 64, elements: 1_000_000 };

const MOST_ENDPOINTS = 2_000;
const LONGEST_SUMMARY = 200;

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type EndpointMethod = (typeof METHODS)[number];

/** An endpoint as the list shows it. What it takes is read only when it is used. */
export interface ListedEndpoint {
	/** Method and short path: `POST /images/generations`. */
	readonly id: string;
	readonly method: EndpointMethod;
	/** Relative to the base URL, with parameters in braces. */
	readonly path: string;
	/** One line; empty when there is none. */
	readonly summary: string;
	/** The document's own description of it. */
	readonly operation: WireObject;
	/** Parameters that all methods of the path have. */
	readonly shared: unknown;
}

/** A schema that was read: OpenAPI 3.0 or 3.1. */
export interface ApiDocument {
	readonly root: WireObject;
	readonly endpoints: ReadonlyMap<string, ListedEndpoint>;
	/** How many entries were left out: broken, doubled or too many. */
	readonly leftOut: number;
}

/**
 * Reads the list of endpoints of an OpenAPI document that may say anything: what cannot be read is left out and hides
 * nothing else. `undefined` when the body is no such document.
 */
export function readApiDocument(root: WireObject, base: ApiBase): ApiDocument | undefined {
	const { openapi, paths } = root;
	if (typeof openapi !== 'string' || !/^3\./.test(openapi) || !isWireObject(paths))
		return undefined;
	const endpoints = new Map<string, ListedEndpoint>();
	const ofDocument = serverPathsOf(root.servers);
	let leftOut = 0;
	for (const [path, item] of Object.entries(paths)) {
		// A path that leads nowhere is left out; the others are as good as before.
		const entry = followed(root, item);
		const ownServers = serverPathsOf(entry?.servers);
		const short = shortPath(path, base, ownServers.length > 0 ? ownServers : ofDocument);
		if (entry === undefined || short === undefined) {
			leftOut += 1;
			continue;
		}
		for (const method of METHODS) {
			const key = method.toLowerCase();
			if (!Object.hasOwn(entry, key)) continue;
			const operation = entry[key];
			const id = `${method} ${short}`;
			if (!isWireObject(operation) || endpoints.has(id) || endpoints.size >= MOST_ENDPOINTS) {
				leftOut += 1;
				continue;
			}
			const said = firstText(operation, ['summary', 'description', 'operationId']);
			const summary = oneLine(said, LONGEST_SUMMARY);
			const { parameters: shared } = entry;
			endpoints.set(id, { id, method, path: short, summary, operation, shared });
		}
	}
	return { root, endpoints, leftOut };
}

function serverPathsOf(servers: unknown): string[] {
	if (!Array.isArray(servers)) return [];
	return servers.slice(0, 20).flatMap((server) => {
		const url: unknown = isWireObject(server) ? server.url : undefined;
		if (typeof url !== 'string' || !URL.canParse(url, 'https://schema.invalid')) return [];
		const { pathname } = new URL(url, 'https://schema.invalid');
		const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
		return path === '' ? [] : [path];
	});
}

/** A text of the document in one line, for a list or a label. */
export function oneLine(text: string | undefined, longest: number): string {
	return (text ?? '')
		.slice(0, longest * 4)
		.replace(/[\s\p{C}]+/gu, ' ')
		.replaceAll('<', '‹')
		.replaceAll('>', '›')
		.trim()
		.slice(0, longest);
}
