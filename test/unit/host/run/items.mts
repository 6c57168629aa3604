import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';
import { openAccount } from '../../../../nodes/shared/api/client/apiClient.ts';
import { fishSpeech } from '../../../../nodes/shared/fishspeech/service.ts';
import { BinaryStore } from '../../../../nodes/shared/host/media/binaryStore.ts';
import { text } from '../../../../nodes/shared/host/parameters/parameter.ts';
import { ParameterReader } from '../../../../nodes/shared/host/parameters/reader.ts';
import type { Row } from '../../../../nodes/shared/host/rows.ts';
import { runtime } from '../../../../nodes/shared/host/runtime.ts';
import type { CallSlot, ItemSlot } from '../../../../nodes/shared/host/run/batch.ts';
import { Item } from '../../../../nodes/shared/host/run/item.ts';
import type { ItemCall } from '../../../../nodes/shared/host/run/itemCall.ts';
import type { RunContext } from '../../../../nodes/shared/host/run/runContext.ts';
import { defineOperation } from '../../../../nodes/shared/host/run/operation.ts';
import { Slots } from '../../../../nodes/shared/host/run/slots.ts';
import { Tracer } from '../../../../nodes/shared/host/trace.ts';
import { ledgerIn } from '../memory/ledgers.mts';

/** What an operation does with an item. */
export type Work = (call: ItemCall) => Promise<readonly Row[]>;

const TEXT = text({ displayName: 'Text', name: 'text', type: 'string', default: '' }, 'a text');

/** The operation is a create that is remembered; its calls are made by `work`. */
const operationDoing = (work: Work) =>
	defineOperation<string>({
		name: 'speak',
		creates: true,
		parameters: [TEXT],
		read: (reader) => reader.get(TEXT),
		logicalRequest: (said) => ({ text: said }),
		execute: async (_said, call) => await work(call),
	});

// As much of n8n as an item that sends nothing by itself needs.
const host = {
	getExecutionId: () => 'execution-1',
	getNode: () => ({ name: 'Speak' }),
	logger: { debug: () => {}, info: () => {}, warn: () => {} },
} as unknown as IExecuteFunctions;

const account = openAccount({
	service: fishSpeech,
	baseUrl: 'http://127.0.0.1/api/open/v1',
	token: 'unused',
	transport: {
		name: 'undici',
		send: async () => {
			throw new Error('something was sent');
		},
	},
	clock: runtime,
});

const ofCall: CallSlot = { received: () => {}, paid: () => {} };

export const slot: ItemSlot = {
	...ofCall,
	release: () => {},
	remembered: () => {},
	runPart: async (_isPaid, part) => await part(ofCall),
};

/** The first item of a try of a node, whose memory is `context`; nothing is done with it yet. */
export function itemOf(
	work: Work,
	{
		context = {},
		executionId = 'execution-1',
	}: { context?: IContextObject; executionId?: string } = {},
): Item {
	const run: RunContext = {
		inputJson: () => ({}),
		isFromModel: () => false,
		operation: operationDoing(work),
		account,
		binaries: new BinaryStore(host),
		ledger: ledgerIn(context, { executionId }),
		downloads: new Slots(1),
		tracer: new Tracer(host, fishSpeech),
		signal: undefined,
		hint: () => {},
	};
	return new Item(0, run);
}

export function readerWith(
	options: Readonly<Record<string, unknown>> = {},
	said: unknown = 'Good morning.',
): ParameterReader {
	const values: Record<string, unknown> = { text: said, options };
	return new ParameterReader((name) => values[name], 0);
}
