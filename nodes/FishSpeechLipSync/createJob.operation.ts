import {
	createLipSyncJob,
	getLipSyncJob,
	type LipSyncMedia,
} from '../shared/fishspeech/lipSyncJobs';
import { LIP_SYNC_JOBS } from '../shared/fishspeechNodes/lipSyncJob';
import { deliverJob } from '../shared/host/jobs/jobDelivery';
import { createAndWait } from '../shared/host/jobs/waitForJob';
import {
	followUpParameters,
	readFollowUp,
	shapeOf,
	type JobFollowUp,
} from '../shared/host/jobs/waiting';
import { querySecrets, signedUrlSecrets } from '../shared/host/signedUrls';
import type { Receipt } from '../shared/host/memory/receipts';
import { optionalWaitOptions } from '../shared/host/parameters/commonOptions';
import {
	mediaIdentity,
	mediaSource,
	mediaSourceFields,
	readMediaSource,
	signedUrlOptions,
	urlOfMedia,
	type MediaSource,
} from '../shared/host/parameters/mediaSource';
import { withSecrets } from '../shared/host/run/itemCall';
import { defineOperation } from '../shared/host/run/operation';

const VIDEO = mediaSource({
	media: 'video',
	source: 'videoSource',
	url: 'videoUrl',
	field: 'videoBinaryField',
	fieldTitle: 'Video Data Field Name',
	defaultField: 'video',
});

const AUDIO = mediaSource({
	media: 'audio',
	source: 'audioSource',
	url: 'audioUrl',
	field: 'audioBinaryField',
	fieldTitle: 'Audio Data Field Name',
	defaultField: 'data',
});

interface CreateJobParameters extends JobFollowUp {
	readonly video: MediaSource;
	readonly audio: MediaSource;
}

export const createJob = defineOperation<CreateJobParameters>({
	name: 'createJob',
	creates: true,
	parameters: [
		...mediaSourceFields(VIDEO),
		...mediaSourceFields(AUDIO),
		...followUpParameters(LIP_SYNC_JOBS.media),
	],
	options: [...optionalWaitOptions, ...signedUrlOptions(VIDEO.names, AUDIO.names)],
	read: (reader, context) => ({
		video: readMediaSource(reader, context, VIDEO),
		audio: readMediaSource(reader, context, AUDIO),
		...readFollowUp(reader, LIP_SYNC_JOBS.media),
	}),
	logicalRequest: ({ video, audio }, { binaries }) => ({
		video: mediaIdentity(video, binaries),
		audio: mediaIdentity(audio, binaries),
	}),
	shape: shapeOf,
	showsRaw: ({ delivery }) => !delivery.simplify,
	fieldOf: ({ delivery }) => delivery.outputBinaryField,

	async execute({ video, audio, delivery, polling }, call) {
		const sent = sentBefore(call.receipt) ?? {
			videoUrl: urlOfMedia(video, call.binaries),
			audioUrl: urlOfMedia(audio, call.binaries),
		};
		const urls = [sent.videoUrl, sent.audioUrl];
		const secrets = [...urls.flatMap(signedUrlSecrets), ...urls.flatMap(querySecrets)];
		const hidden = withSecrets(call, secrets);
		const job = await createAndWait(hidden, {
			create: async (client) => await createLipSyncJob(client, sent),
			getJob: async (client, jobId) => await getLipSyncJob(client, jobId, sent),
			polling,
			about: {},
			sent: { ...sent },
		});
		const { jobId } = job;
		const row = await deliverJob(hidden, LIP_SYNC_JOBS.media, delivery, {
			job,
			json: LIP_SYNC_JOBS.fields(job, hidden),
			naming: LIP_SYNC_JOBS.nameOf(jobId),
			getJob: async () => await getLipSyncJob(hidden.client.with({ jobId }), jobId, sent),
		});
		return [row];
	},
});

/** The media of a job that an earlier try has created. The signed URLs of this try would differ. */
function sentBefore(receipt: Receipt | undefined): LipSyncMedia | undefined {
	if (receipt?.type !== 'job') return undefined;
	const { videoUrl, audioUrl } = receipt.sent ?? {};
	return videoUrl === undefined || audioUrl === undefined ? undefined : { videoUrl, audioUrl };
}
