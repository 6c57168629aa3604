import type { Lab } from '../../support/lab/index.mts';

/** From now on, this stands where the schema of the account should. */
export function answerSchema(lab: Lab, schema: unknown): void {
	lab.control.addFaults({
		match: { path: 'GET /api/openapi.json', times: 'always' },
		do: { kind: 'raw', contentType: 'application/json', body: JSON.stringify(schema) },
	});
}

export const NO_SCHEMA = { a: 1 };
