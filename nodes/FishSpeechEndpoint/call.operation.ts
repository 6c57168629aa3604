import { caught } from '../shared/api/caught';
import type { ApiClient } from '../shared/api/client/apiClient';
import { failure, ServiceError } from '../shared/api/errors';
import type { Job } from '../shared/api/job';
import type { PollingOptions } from '../shared/api/policy/polling';
import type { Secret } from '../shared/api/redact';
import { getApiSchema } from '../shared/fishspeech/apiSchema';
import { createAndWait, failureOf } from '../shared/host/jobs/waitForJob';
import { asServiceError } from '../shared/host/nodeErrors';
import { optionalWaitOptions, readPollingOptions } from '../shared/host/parameters/commonOptions';
import { simplify } from '../shared/host/parameters/fields';
import { withSecrets, type ItemCall } from '../shared/host/run/itemCall';
import { defineOperation, type Operation } from '../shared/host/run/operation';
import { sendDelete } from '../shared/host/run/sendDelete';
import { definedFields, maskedRow, withOtherFields, type Row } from '../shared/host/rows';
import { querySecrets } from '../shared/host/signedUrls';
import {
	callParameters,
	COSTS_NOTHING,
	downloadMedia,
	mediaField,
	outputField,
	statusEndpoint,
	waitForCompletion,
	type NamedEndpoint,
} from './endpointParameters';
import {
	readEndpoint,
	readRequest,
	type EndpointRequest,
	type SchemaState,
} from './endpointRequest';
import { rowsOf, withMedia, type Delivery } from './endpointRows';
import { textsOf } from './mediaAddress';
import { getEndpointJob, jobIn, sendRequest, type EndpointAnswer } from './sendRequest';

interface CallParameters extends Delivery {
	readonly outputBinaryField: string;
	/** Present when the call creates a job that is waited for. */
	readonly wait:
		| { readonly statusEndpoint: NamedEndpoint; readonly polling: PollingOptions }
		| undefined;
}

/** Calls are long: pictures and videos take their time. */
const TIMEOUT_SECONDS = 300;

/** `call` without a schema yet: for each run, it is made anew with what the account's schema says. */
export const call: Operation = {
	...callWith(failure('notFound', 'The schema was not read.')),
	forAccount: async (client) => callWith(await schemaOf(client)),
};

/** Never fails: a call by ID needs no schema, and a call that needs one says what was wrong with it. */
async function schemaOf(client: ApiClient): Promise<SchemaState> {
	// Without an old one, n8n's next try would not find what the one before has paid for.
	return await getApiSchema(client, { mayBeOld: true }).catch(asServiceError);
}

function callWith(schema: SchemaState): Operation {
	return defineOperation<CallParameters>({
		name: 'call',
		creates: true,
		timeoutSeconds: TIMEOUT_SECONDS,
		parameters: callParameters,
		options: optionalWaitOptions,
		hidesCreateOptions: COSTS_NOTHING,
		read(reader, context) {
			const request = readRequest(reader, context, schema);
			// Hidden for the other methods, which create no job.
			const waits = request.methodClass === 'create' && reader.get(waitForCompletion);
			if (waits && !request.answers.json)
				throw reader.fail(
					waitForCompletion.field.displayName,
					'is on, but the endpoint answers with a file at once',
					'an endpoint that answers with a job, or Wait for Completion switched off',
				);
			const isDownloaded = reader.get(downloadMedia);
			return {
				request,
				isSimplified: reader.get(simplify),
				isDownloaded,
				mediaField: isDownloaded ? reader.get(mediaField) : '',
				outputBinaryField: reader.get(outputField),
				wait: waits
					? {
							statusEndpoint: readEndpoint(reader, statusEndpoint, context),
							polling: readPollingOptions(reader),
						}
					: undefined,
			};
		},
		isFree: ({ request }) => request.methodClass !== 'create',
		secrets: ({ request }) => secretsOf(request),
		logicalRequest: ({ request }, { binaries }) =>
			request.methodClass === 'read'
				? undefined
				: {
						endpoint: `${request.method} ${request.path}`,
						query: request.query,
						body: request.body ?? null,
						fields: request.form?.fields ?? [],
						files: (request.form?.files ?? []).map(({ name, binary }) => [
							name,
							binaries.identity(binary),
						]),
					},
		shape: ({ wait, isDownloaded, isSimplified, mediaField: field }) =>
			[wait ? 'waits' : 'answers', isDownloaded, field, isSimplified].join(' '),
		showsRaw: ({ isSimplified }) => !isSimplified,
		fieldOf: ({ outputBinaryField }) => outputBinaryField,

		async execute(parameters, itemCall) {
			const { request, wait } = parameters;
			const hidden = withSecrets(itemCall, urlSecrets(request));
			const answer = await answerOf(request, hidden);
			const mayBeJob = request.methodClass === 'create' && answer.type === 'json';
			const job = mayBeJob ? jobIn(answer.body) : undefined;
			if (wait !== undefined && job !== undefined)
				return [await finishedJob(parameters, wait, job, hidden)];
			if (wait !== undefined)
				hidden.hint(
					`The answer for item ${hidden.itemIndex} names no job, so there was nothing to wait for. It is in the output as it came.`,
				);
			else if (hidden.receipt === undefined && job?.state === 'running' && job.status !== undefined)
				hidden.logAcceptedJob(job.jobId, {});
			return await rowsOf(answer, parameters, hidden);
		},
	});
}

/** The answer to a call, or the one that an earlier try has paid for. */
async function answerOf(request: EndpointRequest, call: ItemCall): Promise<EndpointAnswer> {
	if (request.methodClass === 'delete') {
		const deleted = await sendDelete(call, async () => await sendRequest(request, call));
		return deleted ?? { type: 'empty', httpStatus: 404, headers: {} };
	}
	const { receipt } = call;
	if (receipt?.type === 'answer') return { type: 'json', body: receipt.body.answer };
	if (receipt?.type === 'job')
		return { type: 'json', body: receipt.answer ?? { id: receipt.jobId } };
	const answer = await sendRequest(request, call);
	if (request.methodClass !== 'create' || answer.type !== 'json') return answer;
	const kept = maskedRow({ answer: answer.body }, call.client.context.secrets);
	call.keepReceipt({ type: 'answer', body: kept });
	return answer;
}

/** Waits for a job that was just created, or that an earlier try has created. */
async function finishedJob(
	delivery: Delivery,
	{ statusEndpoint: status, polling }: NonNullable<CallParameters['wait']>,
	created: Job,
	call: ItemCall,
): Promise<Row> {
	const job = await createAndWait(call, {
		create: async () => created,
		getJob: async (client, jobId) => await getEndpointJob(status, jobId, { client }),
		polling,
		about: {},
		answer: maskedRow(created.raw, call.client.context.secrets),
	}).catch((error: unknown) => {
		throw caught(namingStatusEndpoint(error, status));
	});
	const { jobId, state, status: word, progress, creditsUsed, quotaRemaining, requestId, raw } = job;
	const { secrets } = call.client.context;
	const known = definedFields({
		...{ jobId, state, status: word, progress, creditsUsed, quotaRemaining, requestId },
		failure: failureOf(job, call),
	});
	const row = {
		json: { ...withOtherFields(known, raw, JOB_FIELDS, secrets), jobId },
		raw: maskedRow(raw, secrets),
	};
	if (!delivery.isDownloaded) return row;
	const ofJob = { ...call, client: call.client.with({ jobId }) };
	return await withMedia(row, raw, delivery, ofJob);
}

/** This node has no operation that fetches a job: the endpoint that was asked for it does. */
function namingStatusEndpoint(error: unknown, { method, path }: NamedEndpoint): unknown {
	if (!(error instanceof ServiceError)) return error;
	const { reason, jobId } = error.details;
	if (jobId === undefined || (reason !== 'jobTimeout' && reason !== 'cancelled')) return error;
	return error.with({
		action: `The job was accepted and may still finish: call ${method} ${path} with the ID ${jobId}. Do not create it again.`,
	});
}

/** The wire's names of what a job's row holds. */
const JOB_FIELDS = [
	...['id', 'status', 'progress', 'credits_used', 'creditsUsed'],
	...['quota_remaining', 'quotaRemaining', 'request_id', 'requestId', 'error'],
];

const SHORTEST_TEXT = 8;
const LONGEST_ID = 40;
const MOST_TEXTS = 100;

/** What a request says in words, which no error may repeat; names and IDs may be shown. */
function secretsOf(request: EndpointRequest): Secret[] {
	return [...textsOf(request)]
		.filter((text) => text.length >= SHORTEST_TEXT && isWording(text))
		.slice(0, MOST_TEXTS)
		.map((value) => ({ value, label: '[text]', onlyInErrors: true }));
}

function isWording(text: string): boolean {
	return text.length > LONGEST_ID || /[^!-~]/.test(text);
}

function urlSecrets(request: EndpointRequest): Secret[] {
	return [...textsOf(request)]
		.filter((text) => /^https?:/i.test(text) && URL.canParse(text))
		.flatMap(querySecrets);
}
