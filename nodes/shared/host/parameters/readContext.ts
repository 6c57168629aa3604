import type { IDataObject } from 'n8n-workflow';

import type { Account } from '../../api/client/apiClient';
import type { BinaryStore } from '../media/binaryStore';

/** What reading parameters may need beside the parameters. */
export interface ReadContext {
	readonly binaries: BinaryStore;
	readonly account: Account;
	/** The fields of an input item. */
	inputJson(itemIndex: number): IDataObject;
	/** Whether an agent's model fills in the parameter. */
	isFromModel(parameter: string): boolean;
}
