import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { z } from 'zod/v4';

import type { ApiClient } from '../shared/api/client/apiClient';
import type { WireObject } from '../shared/api/wire';
import { requestTimeout } from '../shared/host/parameters/commonOptions';
import { filtersField, forChoice, optionsField, simplify } from '../shared/host/parameters/fields';
import type { Parameter } from '../shared/host/parameters/parameter';
import type { ParameterReader } from '../shared/host/parameters/reader';

const timeout = requestTimeout(60);

/** What a poll may use. */
export interface Watch {
	readonly client: ApiClient;
	/** Whether there is time for another request; what is left is for the next poll. */
	readonly hasTime: () => boolean;
	/** Milliseconds since the epoch. */
	readonly nowMs: number;
}

/** What came of a poll; nothing is kept of one that throws. */
export interface Polled<S> {
	/** What the next poll gets. */
	readonly state: S;
	readonly events: readonly FiredEvent[];
	/** Events that the parameters let pass: they do not fire with other parameters either. */
	readonly passedOver?: readonly string[];
	/** Events that are over, so that they may fire again. */
	readonly over?: readonly string[];
	/** Shown as the poll's failure unless an event fires. */
	readonly failure?: unknown;
}

export interface EventRow {
	readonly json: IDataObject;
	/** What the service sent, shown with Simplify off. */
	readonly raw: WireObject;
}

export interface FiredEvent {
	/** The same ID is the same event. */
	readonly id: string;
	readonly row: EventRow;
}

/** What a test in the editor shows: the newest event there is, or what is missing for one. */
export type Latest =
	| { readonly row: EventRow }
	| { readonly missing: { readonly message: string; readonly action: string } };

/** An event of the trigger. `P` is what it reads of the parameters, `S` what it remembers between polls. */
export interface EventDefinition<P, S> {
	/** Its value of the parameter `event`. */
	readonly name: string;
	readonly parameters?: ReadonlyArray<Parameter<unknown>>;
	readonly filters?: ReadonlyArray<Parameter<unknown>>;
	readonly state: z.ZodType<S>;
	read(reader: ParameterReader): P;
	/** With other values of these, what is remembered is of no use. */
	scope(parameters: P): readonly unknown[];
	/** One poll. Without a state it only looks at what is there, so that nothing old fires. */
	poll(parameters: P, state: S | undefined, watch: Watch): Promise<Polled<S>>;
	/** For a test in the editor. */
	latest(parameters: P, watch: Watch): Promise<Latest>;
}

/** An event whose parameters have been read. */
export interface PreparedEvent {
	readonly name: string;
	readonly requestTimeoutMs: number;
	readonly isSimplified: boolean;
	readonly scope: readonly unknown[];
	/** `saved` comes from n8n's static data and may be anything. */
	poll(saved: unknown, watch: Watch): Promise<Polled<IDataObject>>;
	latest(watch: Watch): Promise<Latest>;
}

export interface TriggerEvent {
	readonly name: string;
	/** For the editor, shown for this event only. */
	readonly fields: readonly INodeProperties[];
	/** Throws `invalidParameter`. */
	prepare(reader: ParameterReader): PreparedEvent;
}

/** Closes over an event's own types, so that events of all kinds fit into one list. */
export function defineEvent<P, S extends IDataObject>(
	definition: EventDefinition<P, S>,
): TriggerEvent {
	const { name, parameters = [], filters = [] } = definition;
	return {
		name,
		fields: forChoice('event', name, [
			...parameters.map(({ field }) => field),
			...(filters.length > 0 ? [filtersField(filters)] : []),
			simplify.field,
			optionsField([timeout]),
		]),
		prepare(reader) {
			const read = definition.read(reader);
			return {
				name,
				requestTimeoutMs: reader.option(timeout),
				isSimplified: reader.get(simplify),
				scope: definition.scope(read),
				poll: async (saved, watch) => {
					const { data } = definition.state.safeParse(saved);
					return await definition.poll(read, data, watch);
				},
				latest: async (watch) => await definition.latest(read, watch),
			};
		},
	};
}
