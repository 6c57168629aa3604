import type { PollingOptions } from '../../api/policy/polling';
import {
	choice,
	describeValue,
	flag,
	number,
	seconds,
	shownWhen,
	type Parameter,
} from './parameter';
import type { ParameterReader } from './reader';

/** What the options say about the calls of one item, in the client's units. */
export interface CallOptions {
	readonly requestTimeoutMs: number;
	readonly maxRetries: number;
	readonly includeInputFields: boolean;
	readonly retryUnknownOutcome: boolean;
	/** `undefined` when off. */
	readonly onceKey: string | undefined;
	readonly whenSeenBefore: 'skip' | 'fail';
}

/** What the options of the first item say about the whole batch. */
export interface BatchOptions {
	readonly concurrency: number;
	/** API quota that the batch leaves in the account; 0 when it may use all. */
	readonly keepInReserve: number;
}

const LONGEST_WAIT_SECONDS = 24 * 60 * 60;
const LONGEST_ONCE_KEY = 500;

const DEFAULT_CONCURRENCY = 5;

const concurrency = number({
	displayName: 'Concurrency',
	name: 'concurrency',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 500, numberPrecision: 0 },
	default: DEFAULT_CONCURRENCY,
	description:
		'How many items are sent at the same time. Read from the first item. When the service limits the rate, the node slows down by itself.',
});

const includeInputFields = flag({
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	default: false,
	description: 'Whether to put the fields of the input item into the output as well',
});

const keepInReserve = number({
	displayName: 'Keep in Reserve',
	name: 'keepInReserve',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'API quota that this batch leaves in the account: at or below it, nothing further is sent. 0 is off. Read from the first item.',
});

const maxRetries = number({
	displayName: 'Max Retries',
	name: 'maxRetries',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 20, numberPrecision: 0 },
	default: 4,
	description:
		'How often a call is repeated after a failure that costs nothing to repeat, such as a rate limit or a refused connection',
});

export function requestTimeout(defaultSeconds: number): Parameter<number> {
	return seconds({
		displayName: 'Request Timeout (Seconds)',
		name: 'requestTimeoutSeconds',
		type: 'number',
		typeOptions: { minValue: 0.1, maxValue: LONGEST_WAIT_SECONDS, numberPrecision: 1 },
		default: defaultSeconds,
		description:
			'How long to wait for the start of an answer, and after that the longest silence between two pieces of it',
	});
}

const onceKey: Parameter<string> = {
	field: {
		displayName: 'Once Key',
		name: 'onceKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.sku }}',
		description:
			'A key of the item, such as the ID of its row. With it, this node sends the item at most once, in all executions, even after a crash. Remove the option to turn this off.',
	},
	parse(value, fail) {
		const accepted = `a text of at most ${LONGEST_ONCE_KEY} characters or a number, for example the ID of the item's row; remove the option to send without a key`;
		const key = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
		if (typeof key !== 'string' || key.trim() === '' || key.length > LONGEST_ONCE_KEY)
			throw fail(describeValue(key), accepted);
		return key.trim();
	},
};

const retryUnknownOutcome = flag({
	displayName: 'Retry Unknown Outcome',
	name: 'retryUnknownOutcome',
	type: 'boolean',
	default: false,
	description:
		'Whether to repeat a call that broke off after it was sent. The service may have charged for it, so you may pay twice.',
});

const whenSeenBefore = choice(
	{
		displayName: 'When Seen Before',
		name: 'whenSeenBefore',
		default: 'skip',
		description: 'What to do with an item whose once key was used before',
	},
	['Skip', 'skip', 'Return a row that says that the item was skipped'],
	['Fail', 'fail', 'Fail the item'],
);

/** Options of every operation over items. */
export function callOptions(defaultTimeoutSeconds: number): Array<Parameter<unknown>> {
	return [concurrency, includeInputFields, maxRetries, requestTimeout(defaultTimeoutSeconds)];
}

/** Options of operations that make something that costs. `tellsQuota`: the service says what is left in the account. */
export function createOptions(tellsQuota: boolean): Array<Parameter<unknown>> {
	return [...(tellsQuota ? [keepInReserve] : []), onceKey, retryUnknownOutcome, whenSeenBefore];
}

export function readCallOptions(
	reader: ParameterReader,
	defaultTimeoutSeconds: number,
	creates: boolean,
): CallOptions {
	// It counts for the batch; what is wrong with it is the first item's failure.
	if (reader.itemIndex === 0) reader.option(concurrency);
	// A reserve that cannot be read must not be none: nothing is sent without it.
	if (creates && reader.offers(keepInReserve)) reader.optionIfAdded(keepInReserve);
	return {
		requestTimeoutMs: reader.option(requestTimeout(defaultTimeoutSeconds)),
		maxRetries: reader.option(maxRetries),
		includeInputFields: reader.option(includeInputFields),
		retryUnknownOutcome: creates && reader.option(retryUnknownOutcome),
		onceKey: creates ? reader.optionIfAdded(onceKey) : undefined,
		whenSeenBefore: creates ? reader.option(whenSeenBefore) : 'skip',
	};
}

/**
 * Each from the first item in which it can be read: an expression that fails is that item's own failure, not the batch's.
 * Never fails.
 */
export function readBatchOptions(
	readers: readonly ParameterReader[],
	keepsReserve: boolean,
): BatchOptions {
	const reserve = keepsReserve
		? firstOf(readers, (reader) => reader.optionIfAdded(keepInReserve))
		: undefined;
	return {
		concurrency: firstOf(readers, (reader) => reader.option(concurrency)) ?? DEFAULT_CONCURRENCY,
		keepInReserve: reserve ?? 0,
	};
}

function firstOf<T>(
	readers: readonly ParameterReader[],
	read: (reader: ParameterReader) => T,
): T | undefined {
	for (const reader of readers) {
		try {
			return read(reader);
		} catch {
			// The next item may say it.
		}
	}
	return undefined;
}

const initialPoll = seconds({
	displayName: 'Initial Poll (Seconds)',
	name: 'initialPollSeconds',
	type: 'number',
	typeOptions: { minValue: 0.1, maxValue: LONGEST_WAIT_SECONDS, numberPrecision: 1 },
	default: 1,
	description: 'The first pause before a status check. Each further one is a quarter longer.',
});

const maxPoll = seconds({
	displayName: 'Max Poll (Seconds)',
	name: 'maxPollSeconds',
	type: 'number',
	typeOptions: { minValue: 0.1, maxValue: LONGEST_WAIT_SECONDS, numberPrecision: 1 },
	default: 10,
	description: 'The longest pause between two status checks',
});

const waitTimeout = seconds({
	displayName: 'Wait Timeout (Seconds)',
	name: 'waitTimeoutSeconds',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: LONGEST_WAIT_SECONDS },
	default: 900,
	description:
		'How long to wait for the job. After that the item fails with the ID of the job, which can still be fetched.',
});

/** Options of operations that wait for a job. */
export const waitOptions: ReadonlyArray<Parameter<unknown>> = [initialPoll, maxPoll, waitTimeout];

/** The same for operations that wait only if they are told to. */
export const optionalWaitOptions = waitOptions.map((option) =>
	shownWhen(option, { '/waitForCompletion': [true] }),
);

export function readPollingOptions(reader: ParameterReader): PollingOptions {
	return {
		waitTimeoutMs: reader.option(waitTimeout),
		initialPollMs: reader.option(initialPoll),
		maxPollMs: reader.option(maxPoll),
	};
}
