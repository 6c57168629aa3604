import { randomUUID } from 'crypto';

import { createSpeech, type Answering, type SpeechOrder } from '../shared/acedata/creates.mts';
import { readTask } from '../shared/acedata/tasks.mts';
import { failure } from '../shared/api/errors';
import type { Job } from '../shared/api/job';
import type { PollingOptions } from '../shared/api/policy/polling';
import type { WireObject } from '../shared/api/wire';
import { NO_DELIVERY, type JobDelivery } from '../shared/host/jobs/jobDelivery';
import { createAndWait } from '../shared/host/jobs/waitForJob';
import { readPollingOptions, waitOptions } from '../shared/host/parameters/commonOptions';
import { choice, shownWhen, type Parameter } from '../shared/host/parameters/parameter';
import type { ParameterReader } from '../shared/host/parameters/reader';
import { hashOfText, textsSecrets } from '../shared/host/parameters/speechText';
import { definedFields, maskedRow } from '../shared/host/rows';
import type { ItemCall } from '../shared/host/run/itemCall';
import { defineOperation, type Operation } from '../shared/host/run/operation';
import { deliverAccepted, jobNamedBy, readAccepted } from '../shared/host/sleep/acceptedJobs';
import type { JobReader } from '../shared/host/sleep/jobReader';
import type { Sleep } from '../shared/host/sleep/sleep';
import { countCodePoints } from '../shared/text/normalizeText';
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

const WAIT_OPTIONS = waitOptions.map((option) =>
	shownWhen(option, {
		'/waitMode': option.field.name === 'waitTimeoutSeconds' ? ['callback', 'poll'] : ['poll'],
	}),
);

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
	const media = { jobs: tasks, lifetimeMs: LINK_LIFETIME_MS };
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
			const result = { job: task, json, naming };
			return [await deliverAccepted(call, AUDIO, delivery, result, media)];
		},

		conclude: async (account, rows) => await sleep.conclude(account, rows, name),
	});

	/** The task of an item, finished where the node itself waits for it. Nothing is bought twice. */
	async function taskOf(speech: SpeechParameters, call: ItemCall): Promise<Job> {
		const { receipt, client, itemIndex } = call;
		if (receipt?.type === 'mediaUrl') return knownTask({ ...receipt.raw, audio_url: receipt.url });
		const { waitMode: mode, textHash, voiceId, polling } = speech;
		/** Why the call failed that may have made the task. */
		let doubt: unknown;
		const create = async () =>
			await createSpeech(client, speech, answering(mode, itemIndex)).catch((error: unknown) => {
				doubt = error;
				const { jobId, requestId } = jobNamedBy(error, call);
				return knownTask({ task_id: jobId, trace_id: requestId });
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
		const acceptedMs = created && client.clock.now();
		return await createAndWait(call, {
			create: async () => created ?? (await create()),
			getJob: async (asker, taskId) =>
				await readAccepted(media, call, asker, {
					jobId: taskId,
					acceptedMs,
					doubt,
					underWay: () => knownTask({ task_id: taskId }),
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

/** A task as it is remembered. */
function knownTask(remembered: WireObject): Job {
	const task = readTask(remembered);
	if (task === undefined) throw failure('unexpectedResponse', 'The task or its audio is lost.');
	return task;
}
