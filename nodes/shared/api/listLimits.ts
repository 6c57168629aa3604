import { failure, type ServiceError } from './errors';

/** Pages that are read of one list; at 50 entries a page or more, no account has as many. */
export const MOST_PAGES = 500;
/** Entries of one list, which all stand in memory until the list is whole. */
export const MOST_LISTED = 100_000;

/** The failure of a list that does not end; `what` names its entries, `count` says how many were read. */
export function listTooLong(what: string, count: number): ServiceError {
	return failure(
		'unexpectedResponse',
		`The list of ${what} does not end: after ${count} ${what} and up to ${MOST_PAGES} pages the service still sends new ones.`,
		{
			action:
				'Switch Return All off and set a Limit, or set filters that leave fewer entries. Nothing was changed or charged.',
		},
	);
}
