import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { Account, ApiClient } from '../../api/client/apiClient';
import type { Secret } from '../../api/redact';
import type { WireObject } from '../../api/wire';
import {
	callOptions,
	createOptions,
	readCallOptions,
	type CallOptions,
} from '../parameters/commonOptions';
import { filtersField, forChoice, optionsField } from '../parameters/fields';
import { hiddenWhen, type DisplayOptions, type Parameter } from '../parameters/parameter';
import type { ReadContext } from '../parameters/readContext';
import type { ParameterReader } from '../parameters/reader';
import type { Row } from '../rows';
import type { ItemCall } from './itemCall';

type Parameters = ReadonlyArray<Parameter<unknown>>;

const DEFAULT_TIMEOUT_SECONDS = 60;

/** An operation over items. `P` is what it reads of one item's parameters. */
export interface OperationDefinition<P> {
	/** Its value of the parameter `operation`. */
	readonly name: string;
	/** Whether it makes something that is charged: then it has the options of creates, and a 402 closes the batch for it. */
	readonly creates?: boolean;
	/** Where the options of creates are hidden, because the item is free then. */
	readonly hidesCreateOptions?: DisplayOptions['hide'];
	/** Whether the service tells what is left in the account, so that creates can keep a reserve. True when absent. */
	readonly tellsQuota?: boolean;
	/** Default of Request Timeout; 60 when absent. */
	readonly timeoutSeconds?: number;
	/** Its own parameters, in the order of the editor. */
	readonly parameters?: Parameters;
	/** Entries of the Filters collection, where it has one. */
	readonly filters?: Parameters;
	/** Entries of the Options collection beside those that every operation has. */
	readonly options?: Parameters;
	/** Reads and checks everything without sending anything. Throws `invalidParameter`. */
	read(reader: ParameterReader, context: ReadContext): P;
	/** Values that no error, log line or remembered row may show. */
	secrets?(parameters: P): readonly Secret[];
	/** Whether this item costs nothing although others may: it has no once key, and no closed batch or reserve stops it. */
	isFree?(parameters: P): boolean;
	/** Whether this item is sent in parts, each of which is paid for and remembered by itself. */
	isInParts?(parameters: P): boolean;
	/**
	 * What identifies the call for the ledger: the body before media are handed over, files by their identity.
	 * Only operations that can cost or change something have it; reads are never remembered.
	 */
	logicalRequest?(parameters: P, context: ReadContext): WireObject | undefined;
	/** What else decides how the rows look: with another value, remembered rows are made again from their receipt. */
	shape?(parameters: P): string;
	/** Whether the rows show the service's own body as `raw`. */
	showsRaw?(parameters: P): boolean;
	/** The binary field of the output into which a row's file goes. */
	fieldOf?(parameters: P, file: string): string;
	execute(parameters: P, call: ItemCall): Promise<readonly Row[]>;
	/** See {@link Operation.conclude}. */
	conclude?: Operation['conclude'];
}

/** One item, read and checked, ready to be sent. */
export interface PreparedItem {
	readonly options: CallOptions;
	readonly secrets: readonly Secret[];
	readonly logicalRequest: WireObject | undefined;
	readonly shape: string | undefined;
	readonly showsRaw: boolean;
	readonly isFree: boolean;
	readonly isInParts: boolean;
	fieldOf(file: string): string;
	execute(call: ItemCall): Promise<readonly Row[]>;
}

export interface Operation {
	readonly name: string;
	/** For the editor, shown for this operation only. */
	readonly fields: readonly INodeProperties[];
	readonly creates: boolean;
	/** Whether it has the option Keep in Reserve. */
	readonly keepsReserve: boolean;
	/** The same operation for an account: with what has to be read there before parameters can be. */
	forAccount?(client: ApiClient): Promise<Operation>;
	prepare(reader: ParameterReader, context: ReadContext): PreparedItem;
	/**
	 * Called once all items are through, with the rows of each. What it returns goes to n8n in their place, and the ledger
	 * keeps what it knows: for a node that lets its execution sleep.
	 */
	conclude?(account: Account, rows: ReadonlyArray<INodeExecutionData[]>): Promise<Conclusion>;
}

export type Conclusion = readonly INodeExecutionData[] | undefined;

/** Closes over an operation's own parameter type, so that operations of all kinds fit into one list. */
export function defineOperation<P>(definition: OperationDefinition<P>): Operation {
	const { name, creates = false, tellsQuota = true, hidesCreateOptions: hide } = definition;
	const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = definition;
	const { parameters = [], filters = [], options = [] } = definition;
	const allOfCreates = creates ? createOptions(tellsQuota) : [];
	const ofCreates =
		hide === undefined ? allOfCreates : allOfCreates.map((option) => hiddenWhen(option, hide));
	const allOptions = [...callOptions(timeoutSeconds), ...ofCreates, ...options];
	return {
		name,
		creates,
		keepsReserve: creates && tellsQuota,
		conclude: definition.conclude,
		fields: forChoice('operation', name, [
			...parameters.map(({ field }) => field),
			...(filters.length > 0 ? [filtersField(filters)] : []),
			optionsField(allOptions),
		]),
		prepare(parameterReader, context) {
			const reader = parameterReader.offering(allOptions);
			const read = definition.read(reader, context);
			const isFree = !creates || (definition.isFree?.(read) ?? false);
			return {
				options: readCallOptions(reader, timeoutSeconds, creates && !isFree),
				isFree,
				isInParts: definition.isInParts?.(read) ?? false,
				secrets: definition.secrets?.(read) ?? [],
				logicalRequest: definition.logicalRequest?.(read, context),
				shape: definition.shape?.(read),
				showsRaw: definition.showsRaw?.(read) ?? false,
				fieldOf: (file) => definition.fieldOf?.(read, file) ?? file,
				execute: async (call) => await definition.execute(read, call),
			};
		},
	};
}
