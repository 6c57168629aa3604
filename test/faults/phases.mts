import type { INodeParameters } from 'n8n-workflow';
import type { InputItem } from '../support/engine/index.mts';
import type { Lab } from '../support/lab/index.mts';

/** What a call does when it is repeated; see the retry table of the design. */
export type MethodClass = 'create' | 'read' | 'delete';

/** A call of an operation that can be spoilt. */
export interface Phase {
	readonly when: 'first call' | 'third call' | 'while polling' | 'while downloading';
	/** As the sandbox names it. */
	readonly endpoint: string;
	readonly nth: number;
	readonly methodClass: MethodClass;
}

/** An item and what is known of it beforehand. */
export interface Prepared {
	readonly item: InputItem;
	/** What the sandbox notes as bought for it; unique among the items. Undefined for what costs nothing. */
	readonly subject?: string;
	/** Texts that no error, log line or ledger entry may show. */
	readonly secrets: readonly string[];
	/** The file that its row must hold once it is done. */
	readonly file?: Buffer;
}

/** One entry in this list takes an operation through the whole matrix. */
export interface FaultedOperation {
	readonly name: string;
	readonly node: string;
	readonly parameters: INodeParameters;
	readonly phases: readonly Phase[];
	/** The binary field of a finished row. */
	readonly fileField?: string;
	readonly jobShape?: 'task' | 'envelope';
	/** An item may become any number of rows. */
	readonly manyRows?: true;
	prepare(lab: Lab, count: number): Promise<Prepared[]>;
}

const DOWNLOAD = 'GET /files/:name';

export function firstAndThird(endpoint: string, methodClass: MethodClass): Phase[] {
	return [
		{ when: 'first call', endpoint, nth: 1, methodClass },
		{ when: 'third call', endpoint, nth: 3, methodClass },
	];
}

export function polling(endpoint: string): Phase {
	return { when: 'while polling', endpoint, nth: 2, methodClass: 'read' };
}

export const downloading: Phase = {
	when: 'while downloading',
	endpoint: DOWNLOAD,
	nth: 2,
	methodClass: 'read',
};
