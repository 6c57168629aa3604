import type { INodeParameters } from 'n8n-workflow';
import type { InputItem } from '../support/engine/index.mts';
import {
	ENDPOINTS,
	methodClassOf,
	type Endpoint,
	type Lab,
	type MethodClass,
} from '../support/lab/index.mts';

/** A call of an operation that can be spoilt. */
export interface Phase {
	readonly when: 'first call' | 'third call' | 'while polling' | 'while downloading';
	readonly endpoint: Endpoint;
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

export function firstAndThird(endpoint: Endpoint): Phase[] {
	return [phase('first call', endpoint, 1), phase('third call', endpoint, 3)];
}

export function polling(endpoint: Endpoint): Phase {
	return phase('while polling', endpoint, 2);
}

export const downloading = phase('while downloading', ENDPOINTS.downloadFile, 2);

function phase(when: Phase['when'], endpoint: Endpoint, nth: number): Phase {
	return { when, endpoint, nth, methodClass: methodClassOf(endpoint) };
}
