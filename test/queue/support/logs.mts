import type { N8nProcess } from '../../e2e/host/n8n-process.mts';

/** The IDs of the jobs that a process's log names as accepted in an execution. */
export async function acceptedJobsIn(n8n: N8nProcess, executionId: string): Promise<string[]> {
	return (await n8n.logEntries())
		.filter(({ message }) => message === 'FishSpeech job accepted')
		.filter(({ metadata }) => metadata['executionId'] === executionId)
		.map(({ metadata }) => String(metadata['jobId']));
}
