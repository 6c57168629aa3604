import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { LogLine, RunResult } from '../engine/index.mts';

/** A failure as users meet it, from a row or from a thrown error. */
export interface Failure {
	/** What happened. */
	readonly error: string;
	/** What to do. */
	readonly message: string;
	readonly details: IDataObject;
	readonly itemIndex: number | undefined;
}

/** The failure that ended a run. Throws when there is none or it lacks its details. */
export function failureOf({ error }: RunResult): Failure {
	const details = error?.context?.details;
	if (error === undefined || !isObject(details))
		throw new Error(`no failure with details: ${error?.message ?? 'the run went well'}`);
	const itemIndex = error.context?.itemIndex;
	return {
		error: error.message,
		message: error.description ?? '',
		details,
		itemIndex: typeof itemIndex === 'number' ? itemIndex : undefined,
	};
}

/** Every row of all outputs of the node in front. */
export function rowsOf({ outputs }: RunResult): INodeExecutionData[] {
	return outputs.flat();
}

/** The failed rows, on whichever output they are. */
export function failureRowsOf(result: RunResult): Failure[] {
	return rowsOf(result).flatMap(({ json: { error, message, details }, pairedItem }) =>
		isObject(details)
			? [
					{
						error: String(error),
						message: String(message),
						details,
						itemIndex: itemOf(pairedItem),
					},
				]
			: [],
	);
}

/** The reason of each row that failed, in the rows' order; "done" for the others. */
export function reasonsOf(result: RunResult): string[] {
	return rowsOf(result).map(({ json: { details } }) =>
		isObject(details) ? String(details.reason) : 'done',
	);
}

/** What the node wrote to n8n's log about its calls. */
export function callLines({ logs }: Pick<RunResult, 'logs'>): LogLine[] {
	return logs.filter(({ message }) => message.startsWith('FishSpeech call'));
}

/** What the node wrote to n8n's log about accepted jobs. */
export function jobLines({ logs }: Pick<RunResult, 'logs'>, service = 'FishSpeech'): LogLine[] {
	return logs.filter(({ message }) => message === `${service} job accepted`);
}

/** What a node remembers for its further tries: the entries by their keys. */
export function ledgerOf({ contextData }: RunResult, nodeName = 'Node'): IDataObject {
	const ledger = contextData[`node:${nodeName}`]?.['paidCalls'];
	return isObject(ledger) && isObject(ledger.entries) ? ledger.entries : {};
}

function itemOf(pairedItem: INodeExecutionData['pairedItem']): number | undefined {
	if (typeof pairedItem === 'number') return pairedItem;
	return Array.isArray(pairedItem) ? pairedItem[0]?.item : pairedItem?.item;
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
