import { deliverJob } from '../shared/host/jobs/jobDelivery';
import { createAndWait } from '../shared/host/jobs/waitForJob';
import {
	followUpParameters,
	readFollowUp,
	shapeOf,
	type JobFollowUp,
} from '../shared/host/jobs/waiting';
import { optionalWaitOptions } from '../shared/host/parameters/commonOptions';
import { speechText, textsSecrets } from '../shared/host/parameters/speechText';
import { defineOperation } from '../shared/host/run/operation';
import { createSpeechJob, getSpeechJob } from '../shared/fishspeech/speechJobs';
import { SPEECH_JOBS } from './speechJob';
import { format, textOptions, voiceId } from './speechParameters';
import { readSpeechRequest, type SpeechRequest } from './speechRequest';

export const createJob = defineOperation<SpeechRequest & JobFollowUp>({
	name: 'createJob',
	creates: true,
	parameters: [speechText, voiceId, format, ...followUpParameters(SPEECH_JOBS.media)],
	options: [...textOptions, ...optionalWaitOptions],
	read: (reader) => ({ ...readSpeechRequest(reader), ...readFollowUp(reader, SPEECH_JOBS.media) }),
	secrets: ({ text }) => textsSecrets([text]),
	logicalRequest: ({ body }) => body,
	shape: shapeOf,
	showsRaw: ({ delivery }) => !delivery.simplify,
	fieldOf: ({ delivery }) => delivery.outputBinaryField,

	async execute({ body, delivery, polling, ...request }, call) {
		const { voiceId, format, textHash } = request;
		const job = await createAndWait(call, {
			create: async (client) => await createSpeechJob(client, body),
			getJob: getSpeechJob,
			polling,
			about: { textHash, voiceId },
		});
		const row = await deliverJob(call, SPEECH_JOBS.media, delivery, {
			job,
			json: { ...SPEECH_JOBS.fields(job, call), voiceId, format, textHash },
			naming: request,
			getJob: async () => await getSpeechJob(call.client.with({ jobId: job.jobId }), job.jobId),
		});
		return [row];
	},
});
