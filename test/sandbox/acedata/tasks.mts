import type { Call } from '../call.mts';
import type { Job } from '../jobs.mts';

/** What the service keeps of the call that made a task. */
export interface TaskOrder {
	readonly type: 'audios' | 'tts' | 'voices';
	readonly request: Readonly<Record<string, unknown>>;
}

const time = (ms: number) => new Date(ms).toISOString();

/** The envelope of a finished task: what a sync call answers, a callback brings, and a task holds as its response. */
export async function envelopeOf(
	{ state }: Call,
	job: Job,
	type: TaskOrder['type'],
): Promise<object> {
	const { aceDataTasks: tasks } = state;
	const ids = { task_id: job.id, trace_id: traceOf(job) };
	if (job.failure !== undefined) {
		const { code = 'api_error', message = 'The task failed.' } = job.failure;
		return { success: false, ...ids, error: { code, message } };
	}
	const audio_url = await tasks.resultUrl(job);
	return type === 'tts' ? { ...ids, audio_url } : { success: true, ...ids, data: [{ audio_url }] };
}

/** A task as it is read, in one of its two shapes. */
export async function taskOf(call: Call, job: Job): Promise<object> {
	const { aceDataTasks: tasks, behaviour } = call.state;
	const { phase, status } = tasks.statusOf(job);
	const isFinished = phase !== 'running';
	const type = job.echo.type === 'tts' ? 'tts' : 'audios';
	if (behaviour.jobShape === 'envelope') {
		const failed = phase === 'failed' && { error: job.failure ?? 'failed' };
		const done = phase === 'succeeded' && { audio_url: await tasks.resultUrl(job) };
		return { success: true, data: { task_id: job.id, status, ...done, ...failed } };
	}
	return {
		id: job.id,
		type,
		request: job.echo.request,
		created_at: time(job.createdAt),
		trace_id: traceOf(job),
		response: isFinished ? await envelopeOf(call, job, type) : {},
		...(isFinished && { finished_at: time(job.createdAt + job.durationMs) }),
	};
}

export function traceOf({ id }: Pick<Job, 'id'>): string {
	return `trace_${id}`;
}
