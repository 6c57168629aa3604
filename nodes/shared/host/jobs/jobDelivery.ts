import type { IDataObject } from 'n8n-workflow';

import { caught } from '../../api/caught';
import { ServiceError } from '../../api/errors';
import type { Job } from '../../api/job';
import type { MediaName } from '../media/mediaTypes';
import { outputBinaryField, simplify } from '../parameters/fields';
import { flag, shownWhen, type Parameter } from '../parameters/parameter';
import type { ParameterReader } from '../parameters/reader';
import { definedFields, maskedRow, ownFields, type Row } from '../rows';
import { download, type DeliveryCall } from '../run/itemCall';

/** What becomes of a finished job's media. */
export interface JobDelivery {
	readonly isDownloaded: boolean;
	/** Empty when nothing is downloaded. */
	readonly outputBinaryField: string;
	readonly simplify: boolean;
}

/** The delivery of a job that is only created: there is nothing yet. */
export const NO_DELIVERY: JobDelivery = {
	isDownloaded: false,
	outputBinaryField: '',
	simplify: true,
};

/** What jobs of a kind make, and the parameters of its delivery. */
export interface JobMedia {
	readonly media: 'audio' | 'video';
	/** In the order of the editor. */
	readonly parameters: ReadonlyArray<Parameter<unknown>>;
	read(reader: ParameterReader): JobDelivery;
}

export function jobMedia(media: 'audio' | 'video'): JobMedia {
	const title = media === 'audio' ? 'Audio' : 'Video';
	const name = `download${title}`;
	const isDownloaded = flag({
		displayName: `Download ${title}`,
		name,
		type: 'boolean',
		default: true,
		description: `Whether to put the ${media} of a finished job into the output item. Otherwise the output has only its address, which may expire soon.`,
	});
	const field = shownWhen(outputBinaryField('data', `the ${media} file`), { [name]: [true] });
	return {
		media,
		parameters: [isDownloaded, field, simplify],
		read(reader) {
			const downloads = reader.get(isDownloaded);
			return {
				isDownloaded: downloads,
				outputBinaryField: downloads ? reader.get(field) : '',
				simplify: reader.get(simplify),
			};
		},
	};
}

/** A job and what its row says about it. */
export interface JobResult {
	readonly job: Job;
	readonly json: IDataObject;
	readonly naming: MediaName;
	/** The job makes something else. */
	readonly hasNoMedia?: boolean;
	/** Asks for the job again. */
	getJob(): Promise<Job>;
}

/**
 * A job's row, with its media if it is finished and they are wanted. If the address no longer opens, the job is read once
 * more: the media are paid for, and each reading may bring another address.
 */
export async function deliverJob(
	call: DeliveryCall,
	{ media }: JobMedia,
	{ isDownloaded }: JobDelivery,
	{ job, json, naming, hasNoMedia = false, getJob }: JobResult,
): Promise<Row> {
	const { secrets } = call.client.context;
	const row = { json: ownFields(json, secrets), raw: maskedRow(job.raw, secrets) };
	const { jobId, resultUrl, state } = job;
	if (state !== 'succeeded' || !isDownloaded) return row;
	if (resultUrl === undefined) {
		if (hasNoMedia) return row;
		const { noun, get } = call.client.service.jobs;
		call.hint(
			`${noun} ${jobId} has succeeded, but the service named no ${media}. Ask again later with ${get}.`,
		);
		return row;
	}
	const sink = call.binaries.sink(naming);
	const ofJob = { ...call, client: call.client.with({ jobId }) };
	const { binary, bytes, durationSeconds } = await download(ofJob, resultUrl, sink).catch(
		async (error: unknown) => {
			if (!(error instanceof ServiceError && error.isRefusal)) throw caught(error);
			const { resultUrl: another } = await getJob();
			if (another === undefined) throw caught(error);
			return await download(ofJob, another, sink);
		},
	);
	return {
		...row,
		json: definedFields({ ...row.json, mimeType: binary.mimeType, bytes, durationSeconds }),
		files: { [media]: binary },
	};
}
