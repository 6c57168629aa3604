import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Job } from '../../api/endpoints/jobs';
import { outputBinaryField, simplifyField } from '../parameters/fields';
import type { ItemCall, Row } from '../run/operation';
import type { ParameterReader } from '../parameters/parameters';

/** What jobs of a kind make. */
export interface JobMedia {
	readonly media: 'audio' | 'video';
	/** The switch that has it downloaded. */
	readonly switchName: 'downloadAudio' | 'downloadVideo';
	readonly switchTitle: 'Download Audio' | 'Download Video';
}

/** What becomes of a finished job's media. */
export interface JobDelivery {
	readonly media: JobMedia['media'];
	readonly isDownloaded: boolean;
	readonly outputBinaryField: string;
	readonly simplify: boolean;
	/** Of the file; jobs found by their id are named after it. */
	readonly fileName: string;
	readonly format: string;
}

export type FileNaming = Pick<JobDelivery, 'fileName' | 'format'>;

/** The parameters of a job's delivery, in the order of the editor. */
export function deliveryFields({ media, switchName, switchTitle }: JobMedia): INodeProperties[] {
	return [
		{
			displayName: switchTitle,
			name: switchName,
			type: 'boolean',
			default: true,
			description: `Whether to put the ${media} of a finished job into the output item. Otherwise the output has its address only, which may expire soon.`,
		},
		{
			...outputBinaryField('data', `the ${media} file`),
			displayOptions: { show: { [switchName]: [true] } },
		},
		simplifyField,
	];
}

/** Create Job's switch, and the parameters that count only when it is on. */
export function waitingFields(fields: readonly INodeProperties[]): INodeProperties[] {
	return [
		{
			displayName: 'Wait for Completion',
			name: 'waitForCompletion',
			type: 'boolean',
			default: true,
			description:
				'Whether to wait until the job is finished. Otherwise the output has the ID of the job, for Wait for Job later.',
		},
		...fields.map((field) => ({
			...field,
			displayOptions: { show: { ...field.displayOptions?.show, waitForCompletion: [true] } },
		})),
	];
}

export function jobIdField(example: string): INodeProperties {
	return {
		displayName: 'Job ID',
		name: 'jobId',
		type: 'string',
		default: '',
		required: true,
		placeholder: `e.g. ${example}`,
		description: 'The ID that Create Job has returned',
	};
}

export function readDelivery(
	reader: ParameterReader,
	{ media, switchName, switchTitle }: JobMedia,
	{ fileName, format }: FileNaming,
): JobDelivery {
	const isDownloaded = reader.boolean(switchName, switchTitle);
	return {
		media,
		fileName,
		format,
		isDownloaded,
		outputBinaryField: isDownloaded
			? reader.fieldName('outputBinaryField', 'Output Data Field Name')
			: '',
		simplify: reader.boolean('simplify', 'Simplify'),
	};
}

/** The delivery of a job that is only created: there is nothing yet. */
export function noDelivery({ media }: JobMedia, { fileName, format }: FileNaming): JobDelivery {
	const nothing = { isDownloaded: false, outputBinaryField: '', simplify: true };
	return { media, fileName, format, ...nothing };
}

/** A job's ID as part of a file name: it may hold what a file name must not. */
export function fileNameSafe(jobId: string): string {
	return jobId.replace(/[^\w-]/g, '_');
}

/** A job's row, with its media when it is finished and they are wanted. `json` is what the row says about the job. */
export async function deliverJob(
	job: Job,
	json: IDataObject,
	delivery: JobDelivery,
	call: ItemCall,
	jobId: string,
): Promise<Row> {
	const { media, isDownloaded } = delivery;
	if (job.state !== 'succeeded' || !isDownloaded) return { json };
	const { resultUrl } = job;
	if (resultUrl === undefined) {
		call.hint(
			`Job ${jobId} has succeeded, but the service named no ${media}. Ask again later with Get Job.`,
		);
		return { json };
	}
	const { binary, bytes } = await call.download(
		async () =>
			await call.client.download(resultUrl, call.binaries.sink(delivery), {
				...call.context,
				jobId,
			}),
	);
	return {
		json: { ...json, mimeType: binary.mimeType, bytes },
		binary: { [delivery.outputBinaryField]: binary },
	};
}
