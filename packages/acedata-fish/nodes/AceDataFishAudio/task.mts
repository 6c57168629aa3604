import type { Job } from '../shared/api/job';
import { asId, asWireObject } from '../shared/api/wire';
import type { JobKind } from '../shared/host/jobs/jobById';
import { jobMedia } from '../shared/host/jobs/jobDelivery';
import { failureOf } from '../shared/host/jobs/waitForJob';
import { fileNamePart } from '../shared/host/media/fileNames';
import { definedFields } from '../shared/host/rows';
import type { BatchJobs } from '../shared/host/sleep/batchJobs';
import type { JobReader } from '../shared/host/sleep/jobReader';
import { aceData } from '../shared/acedata/service.mts';
import { repeatsText, retrieveTasks } from '../shared/acedata/tasks.mts';

export const AUDIO = jobMedia('audio');

/** Tasks, as a batch reads them and sleeps for them. */
export const TASKS: BatchJobs = {
	service: aceData,
	media: AUDIO,
	fields: (task) => ({ ...taskFields(task), audioUrl: task.resultUrl }),
	retrieve: retrieveTasks,
	texts: ['prompt', 'text'],
	hidesText: repeatsText,
	listed: { name: 'tasks', id: 'taskId' },
};

/** Tasks that are asked for by their ID. */
export function taskKind(reader: JobReader): JobKind {
	return {
		media: AUDIO,
		names: {
			get: 'getTask',
			waitFor: 'waitForTask',
			id: { name: 'taskId', displayName: 'Task ID' },
			idDescription: 'The ID of the task, as Generate or Synthesize has returned it',
		},
		exampleId: '3b1f2c9e-task',
		readsTogether: true,
		nameOf: (taskId) => ({ fileName: `speech-${fileNamePart(taskId)}`, format: 'mp3' }),
		get: async (client, taskId) => await reader.read(client, taskId),
		hasNoMedia: (task) => voiceOf(task) !== undefined,
		fields: (task, call) =>
			definedFields({
				...taskFields(task),
				state: task.state,
				status: task.status,
				audioUrl: task.resultUrl,
				createdAt: task.createdAt,
				completedAt: task.completedAt,
				voiceId: voiceOf(task),
				failure: failureOf(task, call),
			}),
	};
}

/** The voice that a task has made (contract §10.3). */
function voiceOf({ raw }: Pick<Job, 'raw'>): string | undefined {
	return asId(asWireObject(asWireObject(raw.response)?.data)?._id);
}

/** An answer that holds its audio may name no task. */
export function taskFields({ jobId, requestId }: Pick<Job, 'jobId' | 'requestId'>) {
	return { taskId: jobId || undefined, traceId: requestId };
}
