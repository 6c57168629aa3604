import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { answersOf, type Evidence } from '../evidence.mts';
import { compareSchema, type SchemaComparison } from '../schema.mts';
import { CONTRACT_ENDPOINTS, REQUEST_FIELDS, RESPONSE_FIELDS } from '../schemaContract.mts';
import { differs, held, type Statement } from './statement.mts';

const place = { step: 'schema', how: ENDPOINTS.getOpenApi, rule: '§9, rule 10' };

/** The comparison with the schema of this run; absent when it was not read. */
export function comparisonOf(evidence: Evidence, basePath: string): SchemaComparison | undefined {
	const answer = answersOf(evidence, 'schema', ENDPOINTS.getOpenApi)[0];
	return answer?.status === 200 ? compareSchema(answer.json, basePath) : undefined;
}

/** The published schema against the contract. */
export function schemaStatements(basePath: string): Statement[] {
	const compare = (evidence: Evidence) => comparisonOf(evidence, basePath);
	return [
		{
			...place,
			id: 'schema.status',
			section: '8',
			statement: 'The schema is beside the base path and has paths',
			file: 'docs/api-contract.md',
			check: (evidence) => {
				const answer = answersOf(evidence, 'schema', ENDPOINTS.getOpenApi)[0];
				if (answer === undefined) return undefined;
				if (answer.status !== 200) return differs(`status ${answer.status}`);
				return compare(evidence)?.isReadable === true ? held : differs('no paths in it');
			},
		},
		{
			...place,
			id: 'schema.new',
			section: '8',
			statement: 'The schema lists no endpoint beyond the contract and what it announces',
			file: 'docs/api-contract.md',
			check: (evidence) => {
				const found = compare(evidence);
				if (found?.isReadable !== true) return undefined;
				return found.newEndpoints.length === 0 ? held : differs(found.newEndpoints.join(', '));
			},
		},
		...CONTRACT_ENDPOINTS.map(
			({ endpoint, section, file }): Statement => ({
				...place,
				id: `schema.${endpoint}`,
				section,
				statement: `The schema lists ${endpoint}`,
				file,
				check: (evidence) => {
					const found = compare(evidence);
					if (found?.isReadable !== true) return undefined;
					return found.goneEndpoints.includes(endpoint) ? differs('not listed') : held;
				},
			}),
		),
		...RESPONSE_FIELDS.map(
			({ endpoint, section, file }): Statement => ({
				...place,
				id: `schema.fields.${endpoint}`,
				section,
				statement: `The schema’s answer of ${endpoint} has the contract’s fields`,
				file,
				check: (evidence) => {
					const found = compare(evidence)?.fields.find((entry) => entry.endpoint === endpoint);
					if (found === undefined) return undefined;
					const changes = [
						...found.gone.map((name) => `gone: ${name}`),
						...found.changed.map((name) => `changed: ${name}`),
					];
					return changes.length === 0 ? held : differs(changes.join('; '));
				},
			}),
		),
		...REQUEST_FIELDS.map(
			({ endpoint, section, file }): Statement => ({
				...place,
				id: `schema.request.${endpoint}`,
				section,
				statement: `The schema’s request of ${endpoint} has the documented fields`,
				file,
				check: (evidence) => {
					const found = compare(evidence)?.requests.find((entry) => entry.endpoint === endpoint);
					if (found === undefined) return undefined;
					return found.gone.length === 0 ? held : differs(`gone: ${found.gone.join(', ')}`);
				},
			}),
		),
	];
}
