import { describe, expect, it } from 'vitest';
import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { OPERATIONS } from '../faults/operations.mts';
import type { FaultedOperation } from '../faults/phases.mts';
import { failureOf, useLab, voice } from '../support/lab/index.mts';

/** What expressions give when a field is missing, or is something else than its user thought. */
const VALUES = [
	'undefined',
	'NaN',
	'-1',
	'1e21',
	'true',
	'"\\u0000"',
	'"x".repeat(2000)',
	'[null]',
	'({ toString: 1 })',
	'new Date(0)',
];

/** Reasons that say that the node or the service is at fault, where a value was. */
const NOT_THE_USERS_FAULT = ['unexpectedResponse', 'serverError', 'network'];

/** n8n refuses a node whose required parameter is empty, although the other source is chosen by an expression. */
const REQUIRED: INodeParameters = {
	audioUrl: 'https://media.example.org/a.mp3',
	statusEndpoint: voice('GET /videos/{videoId}'),
};

const lab = useLab({ servesFiles: true });

/** The node's parameters with one of them, or one of its options, replaced. */
function withValue(
	parameters: INodeParameters,
	place: readonly string[],
	value: string,
): INodeParameters {
	const [name = '', entry] = place;
	if (entry === undefined) return { ...parameters, [name]: value };
	const collection = Object(parameters[name] ?? {});
	return { ...parameters, [name]: { ...collection, [entry]: value } };
}

/** Where this operation's parameters stand: `['text']`, `['options', 'concurrency']`. */
function placesOf({ node, parameters }: FaultedOperation): string[][] {
	const type = lab.engine.loader.types.nodes.find(({ name }) => name === node);
	const isShown = ({ displayOptions, name }: INodeProperties) =>
		name !== 'operation' &&
		displayOptions?.show?.operation?.includes(String(parameters.operation)) === true;
	return (type?.properties ?? [])
		.filter(isShown)
		.flatMap(({ name, type: kind, options = [] }) =>
			kind === 'collection' ? [[name], ...options.map((entry) => [name, entry.name])] : [[name]],
		);
}

describe.each(OPERATIONS)('$name', { timeout: 120_000 }, (operation) => {
	it('takes any value that an expression may have, or says which parameter is wrong', async () => {
		lab.control.configure({ jobDurationMs: 0, unknownVoices: 'accept' });
		const items = (await operation.prepare(lab, 1)).map(({ item }) => item);
		const places = placesOf(operation);
		expect(places.length).toBeGreaterThan(2);
		const wrong: string[] = [];
		for (const place of places)
			for (const value of VALUES) {
				lab.control.setBalances({ apiQuotaRemaining: 10_000_000 });
				const known = { ...REQUIRED, ...operation.parameters };
				const parameters = withValue(known, place, `={{ ${value} }}`);
				const result = await lab.run(operation.node, parameters, { items });
				if (result.status === 'success') continue;
				const { details, error } = failureOf(result);
				if (NOT_THE_USERS_FAULT.includes(String(details.reason)))
					wrong.push(`${place.join('.')} = ${value}: ${error}`);
			}
		expect(wrong).toEqual([]);
	});
});
