import { builtModule } from '../builtModule.mts';
import { medianOf } from '../measure.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';

const { readApiDocument, SCHEMA_LIMITS } = builtModule<
	typeof import('../../../nodes/shared/openApi/apiDocument.ts')
>('shared/openApi/apiDocument');
const { parseJson } = builtModule<typeof import('../../../nodes/shared/api/http/jsonBody.ts')>(
	'shared/api/http/jsonBody',
);
const { isWireObject } =
	builtModule<typeof import('../../../nodes/shared/api/wire.ts')>('shared/api/wire');

const ENDPOINTS = 2_000;
/** A person waits for the list. */
const AT_MOST_MS = 200;

/** A schema as large as it may be: each endpoint has fields of its own. */
function largeSchema(): string {
	const properties = Object.fromEntries(
		Array.from({ length: 20 }, (_, index) => [
			`field${index}`,
			{ type: 'string', description: 'What the endpoint does with it, in a sentence.' },
		]),
	);
	const requestBody = { content: { 'application/json': { schema: { properties } } } };
	const paths = Object.fromEntries(
		Array.from({ length: ENDPOINTS }, (_, index) => [
			`/api/open/v1/things${index}/{id}`,
			{ post: { summary: `Make thing number ${index}`, requestBody } },
		]),
	);
	return JSON.stringify({ openapi: '3.1.0', paths });
}

/** From the whole answer to the list of its endpoints. */
export const schema: Scenario = {
	name: 'schema',
	run: async ({ rounds }): Promise<Figure[]> => {
		const text = largeSchema();
		const samples = Array.from({ length: rounds + 1 }, () => {
			const startedMs = performance.now();
			const body = parseJson(text, SCHEMA_LIMITS);
			const document = isWireObject(body)
				? readApiDocument(body, { path: '/api/open/v1' })
				: undefined;
			const wallMs = performance.now() - startedMs;
			if (document?.endpoints.size !== ENDPOINTS) throw new Error('the list is not complete');
			return { wallMs };
		}).slice(1);
		return [
			{
				name: `list of ${ENDPOINTS} endpoints out of ${(text.length / 1024 ** 2).toFixed(1)} MiB`,
				value: medianOf(samples, (sample) => sample.wallMs),
				unit: 'ms',
				limit: { atMost: AT_MOST_MS },
				beside: {},
			},
		];
	},
};
