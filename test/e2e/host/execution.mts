import { z } from 'zod/v4';

import { parseFlatted } from './flatted.mts';

const binarySchema = z.looseObject({
	id: z.string().optional(),
	mimeType: z.string(),
	fileName: z.string().optional(),
	fileSize: z.string().optional(),
});

const itemSchema = z.looseObject({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), binarySchema).optional(),
	pairedItem: z.unknown().optional(),
});

const errorSchema = z.looseObject({
	message: z.string(),
	description: z.string().nullish(),
	context: z.record(z.string(), z.unknown()).optional(),
});

const taskSchema = z.looseObject({
	executionStatus: z.string().optional(),
	error: errorSchema.optional(),
	hints: z.array(z.looseObject({ message: z.string() })).optional(),
	data: z.record(z.string(), z.array(z.array(itemSchema).nullable())).optional(),
});

const resultSchema = z.looseObject({
	resultData: z
		.looseObject({
			error: errorSchema.optional(),
			lastNodeExecuted: z.string().optional(),
			runData: z.record(z.string(), z.array(taskSchema)).default({}),
		})
		.prefault({}),
});

export const executionStatusSchema = z.enum([
	'new',
	'running',
	'waiting',
	'success',
	'error',
	'canceled',
	'crashed',
	'unknown',
]);

/** The wire form of `GET /rest/executions/:id`. */
export const executionSchema = z.object({
	id: z.string(),
	status: executionStatusSchema,
	mode: z.string(),
	startedAt: z.string().nullish(),
	stoppedAt: z.string().nullish(),
	// Of an execution that has just begun n8n has no data: an empty list of values.
	data: z.string().transform((data) => resultSchema.parse(parseFlatted(data) ?? {})),
});

export type ExecutionStatus = z.infer<typeof executionStatusSchema>;
export type Execution = z.infer<typeof executionSchema>;
export type ExecutionItem = z.infer<typeof itemSchema>;
export type ExecutionError = z.infer<typeof errorSchema>;
export type NodeRun = z.infer<typeof taskSchema>;
export type BinaryReference = z.infer<typeof binarySchema>;

/** The last run of a node. @throws with the execution's own error when the node never ran. */
export function lastRunOf(execution: Execution, nodeName: string): NodeRun {
	const { runData, error } = execution.data.resultData;
	const run = runData[nodeName]?.at(-1);
	if (run !== undefined) return run;
	const state = `execution ${execution.id} is ${execution.status}`;
	throw new Error(`"${nodeName}" did not run, ${state}: ${error?.message ?? 'no error recorded'}`);
}

/** The items of one output of a node's last run; empty when it sent none there. */
export function outputOf(
	execution: Execution,
	nodeName: string,
	{ output = 0, connection = 'main' }: { output?: number; connection?: string } = {},
): ExecutionItem[] {
	const { data, error } = lastRunOf(execution, nodeName);
	if (data === undefined) {
		throw new Error(`"${nodeName}" has no output: ${error?.message ?? execution.status}`);
	}
	return data[connection]?.[output] ?? [];
}
