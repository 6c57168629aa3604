import type { INodeProperties } from 'n8n-workflow';

/** The entries of the Options collections; every default here is the one that `options.ts` reads. */

const concurrency: INodeProperties = {
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 500, numberPrecision: 0 },
	default: 5,
	description:
		'How many items are sent at the same time. Read from the first item. When the service limits the rate, the node slows down by itself.',
};

const includeInputFields: INodeProperties = {
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	default: false,
	description: 'Whether to put the fields of the input item into the output as well',
};

const maxRetries: INodeProperties = {
	displayName: 'Max Retries',
	name: 'maxRetries',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 20, numberPrecision: 0 },
	default: 4,
	description:
		'How often a call is repeated after a failure that costs nothing to repeat, such as a rate limit or a refused connection',
};

function requestTimeout(defaultSeconds: number): INodeProperties {
	return {
		displayName: 'Request Timeout (Seconds)',
		name: 'requestTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 0.1, maxValue: 86400, numberPrecision: 1 },
		default: defaultSeconds,
		description:
			'How long to wait for the start of an answer, and after that the longest silence between two pieces of it',
	};
}

/** Of every operation over items. */
export function callOptionFields(defaultTimeoutSeconds: number): INodeProperties[] {
	return [concurrency, includeInputFields, maxRetries, requestTimeout(defaultTimeoutSeconds)];
}

/** Of operations that make or change something that costs. */
export const createOptionFields: readonly INodeProperties[] = [
	{
		displayName: 'Once Key',
		name: 'onceKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.sku }}',
		description:
			'A key of the item, such as the ID of its row. With it, this node sends the item at most once, in all executions, also after a crash. Leave empty to turn this off.',
	},
	{
		displayName: 'Retry Unknown Outcome',
		name: 'retryUnknownOutcome',
		type: 'boolean',
		default: false,
		description:
			'Whether to repeat a call that broke off after it was sent. The service may have done and charged it, so it may be paid twice.',
	},
	{
		displayName: 'When Seen Before',
		name: 'whenSeenBefore',
		type: 'options',
		options: [
			{
				name: 'Skip',
				value: 'skip',
				description: 'Return a row that says that the item was skipped',
			},
			{ name: 'Fail', value: 'fail', description: 'Fail the item' },
		],
		default: 'skip',
		description: 'What to do with an item whose once key was used before',
	},
];

/** Of operations that wait for a job. */
export const waitOptionFields: readonly INodeProperties[] = [
	{
		displayName: 'Initial Poll (Seconds)',
		name: 'initialPollSeconds',
		type: 'number',
		typeOptions: { minValue: 0.1, maxValue: 86400, numberPrecision: 1 },
		default: 1,
		description: 'The first pause before asking for the job. Each further one is a quarter longer.',
	},
	{
		displayName: 'Max Poll (Seconds)',
		name: 'maxPollSeconds',
		type: 'number',
		typeOptions: { minValue: 0.1, maxValue: 86400, numberPrecision: 1 },
		default: 10,
		description: 'The longest pause between two questions for the job',
	},
	{
		displayName: 'Wait Timeout (Seconds)',
		name: 'waitTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 86400 },
		default: 900,
		description:
			'How long to wait for the job. After that the item fails with the ID of the job, which can still be fetched.',
	},
];

/** The same for Create Job, which waits only if it is told to. */
export const createAndWaitOptionFields: readonly INodeProperties[] = waitOptionFields.map(
	(field) => ({ ...field, displayOptions: { show: { '/waitForCompletion': [true] } } }),
);
