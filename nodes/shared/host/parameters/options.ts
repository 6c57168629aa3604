import { describeValue, type ParameterReader } from './parameters';
import type { PollingOptions } from '../../api/policy/polling';

/** What `options` says about the calls of one item, in the client's units. */
export interface CallOptions {
	readonly requestTimeoutMs: number;
	readonly maxRetries: number;
	readonly includeInputFields: boolean;
	readonly retryUnknownOutcome: boolean;
	/** Empty when off. */
	readonly onceKey: string;
	readonly whenSeenBefore: 'skip' | 'fail';
}

const DEFAULT_CONCURRENCY = 5;
const MOST_CONCURRENT = 500;
const DEFAULT_RETRIES = 4;
const MOST_RETRIES = 20;
const LONGEST_ONCE_KEY = 500;

export const OPTIONS = 'Options';

/** `concurrency` of the batch, read from the first item. */
export function readConcurrency(reader: ParameterReader): number {
	const { concurrency = DEFAULT_CONCURRENCY } = reader.collection('options', OPTIONS);
	return reader.number(concurrency, 'Concurrency', { min: 1, max: MOST_CONCURRENT, integer: true });
}

export function readCallOptions(
	reader: ParameterReader,
	defaultTimeoutSeconds: number,
): CallOptions {
	const {
		requestTimeoutSeconds = defaultTimeoutSeconds,
		maxRetries = DEFAULT_RETRIES,
		includeInputFields = false,
		retryUnknownOutcome = false,
		onceKey = '',
		whenSeenBefore = 'skip',
	} = reader.collection('options', OPTIONS);
	return {
		requestTimeoutMs: reader.secondsAsMs(requestTimeoutSeconds, 'Request Timeout (Seconds)', 0.1),
		maxRetries: reader.number(maxRetries, 'Max Retries', {
			min: 0,
			max: MOST_RETRIES,
			integer: true,
		}),
		includeInputFields: readFlag(reader, includeInputFields, 'Include Input Fields'),
		retryUnknownOutcome: readFlag(reader, retryUnknownOutcome, 'Retry Unknown Outcome'),
		onceKey: readOnceKey(reader, onceKey),
		whenSeenBefore: reader.oneOf(whenSeenBefore, 'When Seen Before', ['skip', 'fail']),
	};
}

export function readPollingOptions(reader: ParameterReader): PollingOptions {
	const {
		waitTimeoutSeconds = 900,
		initialPollSeconds = 1,
		maxPollSeconds = 10,
	} = reader.collection('options', OPTIONS);
	return {
		waitTimeoutMs: reader.secondsAsMs(waitTimeoutSeconds, 'Wait Timeout (Seconds)', 0),
		initialPollMs: reader.secondsAsMs(initialPollSeconds, 'Initial Poll (Seconds)', 0.1),
		maxPollMs: reader.secondsAsMs(maxPollSeconds, 'Max Poll (Seconds)', 0.1),
	};
}

export function readFlag(reader: ParameterReader, value: unknown, displayName: string): boolean {
	if (typeof value === 'boolean') return value;
	throw reader.fail(displayName, describeValue(value), 'true or false');
}

function readOnceKey(reader: ParameterReader, value: unknown): string {
	const accepted = `a text of at most ${LONGEST_ONCE_KEY} characters or a number, for example the ID of the item's row`;
	const key = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
	if (typeof key !== 'string' || key.length > LONGEST_ONCE_KEY)
		throw reader.fail('Once Key', describeValue(value), accepted);
	return key.trim();
}
