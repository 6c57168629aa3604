import { failure, type ServiceError } from '../../api/errors';
import type { Recalled } from '../memory/recall';
import type { PreparedItem } from './operation';
import type { ItemOutcome } from './summary';

/** An item that can be sent, and its place in the ledger; `undefined` for operations that are not remembered. */
export interface Sendable {
	readonly item: PreparedItem;
	readonly key: string | undefined;
	/** Its once key is recorded for it, in this try or an earlier one. */
	readonly holdsOnceKey: boolean;
}

/** `unread` → `read` → `open` or `accepted` → `finished`; `settled` when there is nothing to send. */
export type ItemState =
	| { readonly type: 'unread' }
	| ({ readonly type: 'read' } & Sendable)
	/** Known without sending anything: remembered, refused, or seen before. */
	| ({
			readonly type: 'settled';
			readonly isKept: boolean;
			readonly outcome: ItemOutcome;
	  } & Partial<Sendable>)
	/** To be sent. */
	| (Extract<Recalled, { type: 'open' }> & Sendable)
	/** Paid for in an earlier try, and to be fetched. */
	| (Extract<Recalled, { type: 'accepted' }> & Sendable)
	| ({
			readonly type: 'finished';
			readonly isKept: boolean;
			readonly outcome: ItemOutcome;
			readonly isSurelyUnpaid: boolean;
	  } & Sendable);

export type StateOf<Type extends ItemState['type']> = Extract<ItemState, { type: Type }>;

/** An item that is being sent or fetched. */
export type SentState = StateOf<'open' | 'accepted'>;

export function isState<Type extends ItemState['type']>(
	state: ItemState,
	type: Type,
): state is StateOf<Type> {
	return state.type === type;
}

export function failed(error: ServiceError): ItemOutcome {
	return { type: 'failed', error };
}

export function settled(outcome: ItemOutcome, isKept = false): StateOf<'settled'> {
	return { type: 'settled', isKept, outcome };
}

/** What may have been charged in an earlier try stays so, however this one has ended for good. */
export function stillUnknown(error: ServiceError, wasUnknown: boolean): ServiceError {
	if (!wasUnknown || error.details.kind !== 'terminal') return error;
	return error.with({ details: { outcomeUnknown: true } });
}

/** A fault of this package, not of the user. */
export function impossible(what: string, { type }: ItemState): ServiceError {
	return failure('unexpectedResponse', `An item that is ${type} cannot ${what}.`, {
		action: 'This is a fault of this node. Report it with the message.',
	});
}
