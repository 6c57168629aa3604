import { caught } from '../../api/caught';
import { ServiceError } from '../../api/errors';
import type { ItemCall } from './itemCall';

/**
 * Sends a delete, which has the same end state however often it is sent. `undefined` where there is nothing to delete,
 * because an earlier try may have done it. What may be done when it fails is kept, so that the next try knows.
 */
export async function sendDelete<T>(
	{ receipt, keepReceipt }: Pick<ItemCall, 'receipt' | 'keepReceipt'>,
	send: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await send();
	} catch (error) {
		if (!(error instanceof ServiceError)) throw caught(error);
		const mayBeDone = error.traits.mayBeDone || receipt?.type === 'sent';
		if (error.details.reason === 'notFound' && mayBeDone) return undefined;
		if (error.traits.mayBeDone) keepReceipt({ type: 'sent' });
		throw caught(error);
	}
}
