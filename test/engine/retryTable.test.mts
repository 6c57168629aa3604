import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../faults/operations.mts';
import {
	callLines,
	ENDPOINTS,
	failureOf,
	synthesize,
	texts,
	useLab,
	voice,
	type LabRun,
	type MethodClass,
} from '../support/lab/index.mts';
import { attemptsOf, CELLS, faultFor, RETRY_CASES } from '../support/retryTable.mts';

const MAX_RETRIES = 2;

const lab = useLab({ servesFiles: true });

interface Sample {
	readonly node: string;
	readonly parameters: INodeParameters;
	readonly endpoint: string;
	readonly run?: LabRun;
}

/** An operation of each method class. */
const SAMPLES: Readonly<Record<MethodClass, Sample>> = {
	read: {
		node: 'fishSpeechProfile',
		parameters: { operation: 'get' },
		endpoint: ENDPOINTS.getProfile,
	},
	create: {
		node: 'fishSpeechTextToSpeech',
		parameters: synthesize(),
		endpoint: ENDPOINTS.synthesize,
		run: { items: texts(1) },
	},
	delete: {
		node: 'fishSpeechVoices',
		parameters: { operation: 'delete', voiceId: voice('voice_anna') },
		endpoint: ENDPOINTS.deleteVoice,
	},
};

const cases = RETRY_CASES.flatMap((one) => {
	const fault = faultFor(one.failure);
	// Reads and deletes have no option for the risk.
	const isPossible = !one.atRisk || one.methodClass === 'create';
	return fault === undefined || !isPossible ? [] : [{ ...one, fault }];
});

describe('the retry table in n8n’s engine', () => {
	it.each(cases)(
		'$methodClass, $name, retryUnknownOutcome $atRisk: $cell ($reason)',
		async ({ methodClass, fault, failure, atRisk, cell, reason }) => {
			const { node, parameters, endpoint, run } = SAMPLES[methodClass];
			lab.control.addFaults({ match: { path: endpoint, times: 'always' }, do: fault });
			const options = { maxRetries: MAX_RETRIES, ...(atRisk && { retryUnknownOutcome: true }) };
			const result = await lab.run(node, { ...parameters, options }, run);
			const { details, error, message, itemIndex } = failureOf(result);
			const { kind, outcomeUnknown } = CELLS[cell];
			const attempts = attemptsOf(cell, MAX_RETRIES);
			expect(details).toMatchObject({ kind, reason, outcomeUnknown, attempts });
			if (failure.type === 'status' && failure.status >= 400) {
				expect(details.httpStatus).toBe(failure.status);
				expect(error).toContain(`answered ${failure.status}`);
			}
			expect(message.includes('may have been charged')).toBe(outcomeUnknown);
			expect(itemIndex).toBe(0);
			expect(callLines(result).filter(({ level }) => level === 'warn')).toHaveLength(attempts);
			expect(lab.control.requests(endpoint)).toHaveLength(attempts);
		},
	);
});

/** One failure of each kind that the table tells apart. */
const TELLING: readonly string[] = ['429', '500', '402', 'unreadable 2xx'];

// A poll that fails is not the end of a wait: Wait for Job asks again until its own deadline.
const ending = OPERATIONS.filter(({ parameters }) => parameters.operation !== 'waitForJob');
const firstCalls = ending.flatMap((called) =>
	called.phases
		.filter(({ when }) => when === 'first call')
		.flatMap(({ endpoint, methodClass }) =>
			cases
				.filter((one) => one.methodClass === methodClass && !one.atRisk)
				.filter(({ name }) => TELLING.includes(name))
				.map((one) => ({ ...one, called, title: called.name, endpoint })),
		),
);

describe('each operation keeps to the retry table', () => {
	it.each(firstCalls)('$title: $methodClass, $name, $cell', async (one) => {
		const { node, parameters, jobShape, prepare } = one.called;
		lab.control.configure({ jobShape });
		const items = (await prepare(lab, 1)).map(({ item }) => item);
		const sentBefore = lab.control.requests(one.endpoint).length;
		lab.control.addFaults({ match: { path: one.endpoint, times: 'always' }, do: one.fault });
		const options = { ...optionsOf(parameters), maxRetries: MAX_RETRIES };
		const result = await lab.run(node, { ...parameters, options }, { items });
		const { kind, outcomeUnknown } = CELLS[one.cell];
		const attempts = attemptsOf(one.cell, MAX_RETRIES);
		const { operation } = parameters;
		const details = { operation, reason: one.reason, kind, outcomeUnknown, attempts };
		expect(failureOf(result).details).toMatchObject(details);
		expect(lab.control.requests(one.endpoint).length - sentBefore).toBe(attempts);
	});
});

function optionsOf({ options }: INodeParameters): INodeParameters {
	return typeof options === 'object' && options !== null && !Array.isArray(options)
		? { ...(options as INodeParameters) }
		: {};
}
