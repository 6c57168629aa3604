import type { PollingOptions } from '../../api/policy/polling';
import { readPollingOptions } from '../parameters/commonOptions';
import { flag, shownWhen, type Parameter } from '../parameters/parameter';
import type { ParameterReader } from '../parameters/reader';
import { NO_DELIVERY, type JobDelivery, type JobMedia } from './jobDelivery';

/** What Create Job does once the job is accepted. */
export interface JobFollowUp {
	readonly delivery: JobDelivery;
	/** Absent when the job is only to be created. */
	readonly polling: PollingOptions | undefined;
}

const waitForCompletion = flag({
	displayName: 'Wait for Completion',
	name: 'waitForCompletion',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait until the job is finished. Otherwise the output has the ID of the job, for Wait for Job later.',
});

/** Create Job's switch, and the parameters that count only when it is on. */
export function followUpParameters({ parameters }: JobMedia): ReadonlyArray<Parameter<unknown>> {
	return [
		waitForCompletion,
		...parameters.map((parameter) => shownWhen(parameter, { waitForCompletion: [true] })),
	];
}

export function readFollowUp(reader: ParameterReader, media: JobMedia): JobFollowUp {
	return reader.get(waitForCompletion)
		? { delivery: media.read(reader), polling: readPollingOptions(reader) }
		: { delivery: NO_DELIVERY, polling: undefined };
}

/** The part of the follow-up that decides how a row looks; see `shape` of an operation. */
export function shapeOf({ delivery, polling }: JobFollowUp): string {
	if (polling === undefined) return 'created';
	return delivery.isDownloaded ? 'downloaded' : 'finished';
}
