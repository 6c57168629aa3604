import { randomUUID } from 'crypto';

import { createSpeech, type Answering, type SpeechOrder } from '../shared/acedata/creates.mts';
import { readTask } from '../shared/acedata/tasks.mts';
import { caught } from '../shared/api/caught';
import { failure, ServiceError, whatToDo, type FailureDetails } from '../shared/api/errors';
import type { Job } from '../shared/api/job';
import type { PollingOptions } from '../shared/api/policy/polling';
import type { WireObject } from '../shared/api/wire';
import { expiredAudio, forgottenJob, paidButNotFetched } from '../shared/host/jobs/expiredAudio';
import { deliverJob, NO_DELIVERY, type JobDelivery } from '../shared/host/jobs/jobDelivery';
import { createAndWait } from '../shared/host/jobs/waitForJob';
import type { ReceiptOf } from '../shared/host/memory/receipts';
import { readPollingOptions, waitOptions } from '../shared/host/parameters/commonOptions';
import { choice, shownWhen, type Parameter } from '../shared/host/parameters/parameter';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { hashOfText, textsSecrets } from '../shared/host/parameters/speechText';
import { definedFields, maskedRow } from '../shared/host/rows';
import type { ItemCall } from '../shared/host/run/itemCall';
import { defineOperation, type Operation } from '../shared/host/run/operation';
import { isUnknownJob, type JobReader } from '../shared/host/sleep/jobReader';
import type { Sleep } from '../shared/host/sleep/sleep';
import { countCodePoints, normalizeText } from '../shared/text/normalizeText';
import { AUDIO, taskFields } from './task.mts';

const waitMode = choice(
	{
		displayName: 'Wait Mode',
		name: 'waitMode',
		default: 'answer',
		description: 'How the node waits for the audio',
	},
	['Answer', 'answer', 'The connection stays open until the audio is there, one to two minutes'],
	[
		'Callback',
		'callback',
		'The execution sleeps in the database of n8n until the service calls back. Needs a public address of n8n, and On Error set to Continue.',
	],
	['None', 'none', 'The output has the ID of the task, for Wait for Task later'],
	['Poll', 'poll', 'The node asks for the task until it is finished'],
);

/** Seen, not promised. Until then an address that does not open may open again (contract §10.4). */
const LINK_LIFETIME_MS = 60 * 60_000;

/** A read may lag behind the call that made a task: until then, one that is not listed counts as running. */
const LONGEST_LAG_MS = 30_000;

const WAIT_OPTIONS = waitOptions.map((option) =>
	shownWhen(option, {
		'/waitMode': option.field.name === 'waitTimeoutSeconds' ? ['callback', 'poll'] : ['poll'],
	}),
);

/** What the service said when it was asked for another address. */
interface AnotherAddress {
	readonly job: Job;
	/** If this address does not open either, or there is none, no other will. */
	readonly isLast: boolean;
}

/** What the items of a run share. */
export interface RunParts {
	readonly tasks: JobReader;
	readonly sleep: Sleep;
}

/** What a text is made into, and by what. */
export interface Speech extends SpeechOrder {
	readonly text: string;
	readonly voiceId: string;
	readonly model: string;
	readonly format: string;
}

interface SpeechParameters extends Speech {
	readonly textHash: string;
	readonly waitMode: 'answer' | 'callback' | 'none' | 'poll';
	readonly delivery: JobDelivery;
	readonly polling: PollingOptions;
}

/** An operation that makes speech: `read` checks what is its own. */
export function speechOperation(
	{ tasks, sleep }: RunParts,
	definition: {
		readonly name: string;
		readonly parameters: ReadonlyArray<Parameter<unknown>>;
		readonly options: ReadonlyArray<Parameter<unknown>>;
		read(reader: ParameterReader): Speech;
	},
): Operation {
	const { name, parameters, options } = definition;
	return defineOperation<SpeechParameters>({
		name,
		creates: true,
		tellsQuota: false,
		timeoutSeconds: 300,
		parameters: [
			...parameters,
			waitMode,
			...AUDIO.parameters.map((parameter) =>
				shownWhen(parameter, { waitMode: ['answer', 'callback', 'poll'] }),
			),
		],
		options: [...options, ...WAIT_OPTIONS],
		read(reader, { account }) {
			const speech = definition.read(reader);
			const mode = reader.get(waitMode);
			if (mode === 'callback') sleep.check(reader, waitMode, account);
			return {
				...speech,
				textHash: hashOfText(speech.text),
				waitMode: mode,
				delivery: mode === 'none' ? NO_DELIVERY : AUDIO.read(reader),
				polling: readPollingOptions(reader),
			};
		},
		secrets: ({ text, waitMode: mode }) => [
			...textsSecrets([text]),
			...(mode === 'callback' ? sleep.secrets : []),
		],
		logicalRequest: ({ path, headers, body }) => ({ path, ...headers, ...body }),
		// The rows of a batch that sleeps are always made from its tasks.
		shape: ({ waitMode: mode, delivery }) =>
			mode === 'callback' ? randomUUID() : `${mode === 'none'} ${delivery.isDownloaded}`,
		showsRaw: ({ delivery }) => !delivery.simplify,
		fieldOf: ({ delivery }) => delivery.outputBinaryField,

		async execute(speech, call) {
			const task = await taskOf(speech, call);
			const { jobId: taskId, raw, resultUrl } = task;
			const { text, voiceId, model, textHash, format, delivery, polling } = speech;
			const json = definedFields({
				...taskFields(task),
				voiceId: voiceId || undefined,
				model,
				textHash,
				characters: countCodePoints(text),
				audioUrl: resultUrl,
			});
			const naming = { fileName: `speech-${textHash.slice(0, 8)}`, format };
			if (speech.waitMode === 'callback' && taskId !== '') {
				sleep.add(call, { jobId: taskId, ...naming, ...delivery }, polling.waitTimeoutMs);
				return [{ json, raw: maskedRow(raw, call.client.context.secrets) }];
			}
			let another: AnotherAddress | undefined;
			const getJob = async () => (another = await anotherAddress(task, call)).job;
			try {
				return [await deliverJob(call, AUDIO, delivery, { job: task, json, naming, getJob })];
			} catch (error) {
				const isDeadEnd = another?.isLast === true && isOver(call, another.job.completedAt);
				const isLost = isDeadEnd && error instanceof ServiceError && error.isRefusal;
				throw caught(isLost ? expiredAudio(error, call) : paidButNotFetched(error));
			}
		},

		conclude: async (account, rows) => await sleep.conclude(account, rows, name),
	});

	/** Asks for another address of finished audio. */
	async function anotherAddress(task: Job, { client }: ItemCall): Promise<AnotherAddress> {
		const none = { job: { ...task, resultUrl: undefined }, isLast: true };
		if (task.jobId === '') return none;
		try {
			const job = await tasks.read(client, task.jobId);
			return { job, isLast: job.resultUrl !== undefined };
		} catch (error) {
			if (isUnknownJob(error)) return none;
			throw caught(error);
		}
	}

	/** The task of an item, finished where the node itself waits for it. Nothing is bought twice. */
	async function taskOf(speech: SpeechParameters, call: ItemCall): Promise<Job> {
		const { receipt, client, itemIndex } = call;
		if (receipt?.type === 'mediaUrl') return boughtTask(receipt);
		const { waitMode: mode, textHash, voiceId, polling } = speech;
		/** Why the call failed that may have made the task. */
		let doubt: unknown;
		const create = async () =>
			await createSpeech(client, speech, answering(mode, itemIndex)).catch((error: unknown) => {
				doubt = error;
				return taskNamedBy(error);
			});
		const created = receipt === undefined ? await create() : undefined;
		if (created?.resultUrl !== undefined) {
			const { jobId: task_id, requestId: trace_id, resultUrl: url } = created;
			const expiresAt = new Date(client.clock.now() + LINK_LIFETIME_MS).toISOString();
			const raw = definedFields({ task_id, trace_id });
			// First: n8n's log outlives Stop, and the ledger does not.
			call.logAcceptedJob(task_id || undefined, { textHash, voiceId, requestId: trace_id });
			call.keepReceipt({ type: 'mediaUrl', url, expiresAt, raw });
			return created;
		}
		const acceptedMs = created === undefined ? acceptedBefore(call) : client.clock.now();
		return await createAndWait(call, {
			create: async () => created ?? (await create()),
			getJob: async (asker, taskId) =>
				await tasks.read(asker, taskId).catch((error: unknown) => {
					if (!isUnknownJob(error)) throw caught(error);
					if (client.clock.now() < acceptedMs + LONGEST_LAG_MS) return taskUnderWay(taskId);
					const action = whatToDo('jobTimeout', false, client.service.actions);
					const accepted = error.with({ action });
					throw caught(doubt ?? (isOver(call) ? forgottenJob(accepted, call) : accepted));
				}),
			polling: mode === 'answer' || mode === 'poll' ? polling : undefined,
			about: { textHash, voiceId },
		});
	}

	function answering(mode: SpeechParameters['waitMode'], itemIndex: number): Answering {
		if (mode === 'answer') return {};
		return mode === 'callback' ? { callback_url: sleep.callbackUrl(itemIndex) } : { async: true };
	}
}

/** The task of a call that may have been charged, where its failure names one: it can be asked for. Throws any other failure. */
function taskNamedBy(error: unknown): Job {
	const { outcomeUnknown, jobId, requestId }: Partial<FailureDetails> =
		error instanceof ServiceError ? error.details : {};
	if (outcomeUnknown !== true || jobId === undefined) throw caught(error);
	return taskUnderWay(jobId, requestId);
}

/** A task of which no more is known. */
function taskUnderWay(jobId: string, requestId?: string): Job {
	return knownTask({ task_id: jobId, trace_id: requestId });
}

/** When an earlier try was given the task, by our clock. */
function acceptedBefore({ receipt }: ItemCall): number {
	return Date.parse((receipt?.type === 'job' && receipt.acceptedAt) || '');
}

/** Whether an earlier try has paid for the audio, and its address has had its time. */
function isOver(call: ItemCall, completedAt = ''): boolean {
	const { receipt, client } = call;
	const endMs =
		receipt?.type === 'mediaUrl'
			? Date.parse(receipt.expiresAt ?? '')
			: // A date that cannot be read does not count.
				Math.max(acceptedBefore(call), Date.parse(completedAt) || 0) + LINK_LIFETIME_MS;
	return client.clock.now() > endMs;
}

/** Audio that an earlier try has paid for. */
function boughtTask({ url, raw = {} }: ReceiptOf<'mediaUrl'>): Job {
	return knownTask({ ...raw, audio_url: url });
}

function knownTask(remembered: WireObject): Job {
	const task = readTask(remembered);
	if (task === undefined) throw failure('unexpectedResponse', 'The task or its audio is lost.');
	return task;
}

/** A text to be spoken, as it is sent. Throws `invalidParameter` when nothing of it can be seen. */
export function readVisibleText(reader: ParameterReader, parameter: Parameter<string>): string {
	const found = reader.get(parameter);
	if (normalizeText(found) !== '') return found;
	const accepted = 'a text with at least one visible character';
	throw reader.fail(parameter.field.displayName, 'is empty', accepted);
}
