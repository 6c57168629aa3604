import type { LipSyncMedia } from '../shared/api/endpoints/lipSync';
import type { PollingOptions } from '../shared/api/policy/polling';
import { asText } from '../shared/api/endpoints/readers';
import { forOperation, optionsField } from '../shared/host/parameters/fields';
import {
	deliveryFields,
	noDelivery,
	readDelivery,
	waitingFields,
	type JobDelivery,
} from '../shared/host/jobs/jobDelivery';
import { createAndWait } from '../shared/host/jobs/jobs';
import {
	mediaIdentity,
	mediaSourceFields,
	readMediaSource,
	signedUrlFields,
	urlOfMedia,
	type MediaSource,
	type MediaSourceNames,
} from '../shared/host/media/mediaSource';
import {
	defineOperation,
	withSecrets,
	type ItemParameters,
	type Receipt,
} from '../shared/host/run/operation';
import {
	callOptionFields,
	createAndWaitOptionFields,
	createOptionFields,
} from '../shared/host/parameters/optionFields';
import { readCallOptions, readPollingOptions } from '../shared/host/parameters/options';
import { maskedRow } from '../shared/host/run/rows';
import { querySecrets, signedUrlSecrets } from '../shared/host/media/signedUrls';
import { jobRow, LIP_SYNC, videoName } from './lipSyncJob';

const NAME = 'createJob';
const DEFAULT_TIMEOUT_SECONDS = 60;

const VIDEO: MediaSourceNames = {
	media: 'video',
	source: 'videoSource',
	url: 'videoUrl',
	field: 'videoBinaryField',
	fieldTitle: 'Video Data Field Name',
	defaultField: 'video',
};

const AUDIO: MediaSourceNames = {
	media: 'audio',
	source: 'audioSource',
	url: 'audioUrl',
	field: 'audioBinaryField',
	fieldTitle: 'Audio Data Field Name',
	defaultField: 'data',
};

interface CreateJobParameters extends ItemParameters {
	readonly video: MediaSource;
	readonly audio: MediaSource;
	readonly delivery: JobDelivery;
	/** Absent when the job is only to be created. */
	readonly polling: PollingOptions | undefined;
}

export const createJob = defineOperation<CreateJobParameters>({
	name: NAME,
	creates: true,
	fields: forOperation(NAME, [
		...mediaSourceFields(VIDEO),
		...mediaSourceFields(AUDIO),
		...waitingFields(deliveryFields(LIP_SYNC)),
		optionsField([
			...callOptionFields(DEFAULT_TIMEOUT_SECONDS),
			...createOptionFields,
			...createAndWaitOptionFields,
			...signedUrlFields(VIDEO, AUDIO),
		]),
	]),

	read(reader, context) {
		const waitForCompletion = reader.boolean('waitForCompletion', 'Wait for Completion');
		const naming = videoName('job');
		return {
			call: readCallOptions(reader, DEFAULT_TIMEOUT_SECONDS),
			video: readMediaSource(reader, context, VIDEO),
			audio: readMediaSource(reader, context, AUDIO),
			delivery: waitForCompletion
				? readDelivery(reader, LIP_SYNC, naming)
				: noDelivery(LIP_SYNC, naming),
			polling: waitForCompletion ? readPollingOptions(reader) : undefined,
		};
	},

	logicalRequest: ({ video, audio }, { binaries }) => ({
		video: mediaIdentity(video, binaries),
		audio: mediaIdentity(audio, binaries),
	}),

	async execute({ video, audio, delivery, polling }, call) {
		const sent = fromReceipt(call.receipt) ?? {
			videoUrl: urlOfMedia(video, call.binaries),
			audioUrl: urlOfMedia(audio, call.binaries),
		};
		const urls = [sent.videoUrl, sent.audioUrl];
		const secrets = urls.flatMap(signedUrlSecrets);
		const hidden = withSecrets(call, [...secrets, ...urls.flatMap(querySecrets)]);
		const job = await createAndWait(hidden, {
			create: async () => await call.client.createLipSyncJob(sent, hidden.context),
			getJob: async (jobId, context) => await call.client.getLipSyncJob(jobId, context, sent),
			polling,
			about: {},
			sent: { ...sent },
		});
		const { jobId } = job;
		return [await jobRow(job, delivery, hidden, { jobId, raw: maskedRow(job.raw, { secrets }) })];
	},
});

/** What a job that an earlier try has created was made from. The signed URLs of this try would be others. */
function fromReceipt(receipt: Receipt | undefined): LipSyncMedia | undefined {
	const videoUrl = asText(receipt?.videoUrl);
	const audioUrl = asText(receipt?.audioUrl);
	return videoUrl === undefined || audioUrl === undefined ? undefined : { videoUrl, audioUrl };
}
