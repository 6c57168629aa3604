import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { answersOf, type Evidence } from './evidence.mts';
import { fieldNames, valueAt, wordOnly, type Exchange } from './exchange.mts';

/** Something that the contract calls unknown. */
export interface Unknown {
	readonly id: string;
	readonly section: string;
	readonly question: string;
	/** What was learned, without any value of the account; absent when nothing was. */
	learned(evidence: Evidence): string | undefined;
}

const RATE_HEADER = /rate-?limit|^retry-after$|^x-quota/;

function list(names: readonly string[]): string | undefined {
	return names.length === 0 ? undefined : [...new Set(names)].join(', ');
}

function fieldsOf(answer: Exchange | undefined): string | undefined {
	return answer && list(fieldNames(answer.json));
}

function urlOf(evidence: Evidence, steps: readonly string[]) {
	return steps.flatMap((step) => evidence.urls.get(step) ?? []);
}

export const UNKNOWNS: readonly Unknown[] = [
	{
		id: 'unknown.retryAfter',
		section: '1',
		question: 'Is Retry-After sent with a 429?',
		learned: ({ exchanges }) => {
			const limited = exchanges.filter(({ status }) => status === 429);
			if (limited.length === 0) return undefined;
			const withHeader = limited.filter(({ headers }) => 'retry-after' in headers).length;
			return `${withHeader} of ${limited.length} had it`;
		},
	},
	{
		id: 'unknown.rateHeaders',
		section: '1',
		question: 'Which headers tell the rate limit?',
		learned: ({ exchanges }) => {
			if (exchanges.length === 0) return undefined;
			const names = exchanges.flatMap(({ headers }) =>
				Object.keys(headers).filter((name) => RATE_HEADER.test(name)),
			);
			return list(names) ?? `none in ${exchanges.length} answers`;
		},
	},
	{
		id: 'unknown.usageHeaders',
		section: '3',
		question: 'Which X-OpenAPI headers are sent?',
		learned: ({ exchanges }) => {
			if (exchanges.length === 0) return undefined;
			const names = exchanges.flatMap(({ headers }) =>
				Object.keys(headers).filter((name) => name.startsWith('x-openapi-')),
			);
			return list(names) ?? `none in ${exchanges.length} answers`;
		},
	},
	{
		id: 'unknown.errorCodes',
		section: '1',
		question: 'How are the codes of errors spelled, and which more fields has an error?',
		learned: ({ exchanges }) =>
			list(
				exchanges
					.filter(({ status }) => status >= 400)
					.map(({ status, json }) => {
						const names = fieldNames(json).map((name) => name.split(':')[0]);
						return `${status} ${codeOf(json)} (${names.join(' ')})`;
					}),
			),
	},
	{
		id: 'unknown.idempotencyKey',
		section: '1',
		question: 'Is Idempotency-Key honoured?',
		// It takes the same paid call twice, so it has an option of its own.
		learned: (evidence) => {
			const answers = answersOf(evidence, 'idempotency', ENDPOINTS.createSpeechJob);
			if (answers.length < 2) return undefined;
			const ids = answers.map(({ json }) => valueAt(json, 'id') ?? valueAt(json, 'task.id'));
			const statuses = answers.map(({ status }) => status).join(' and ');
			if (ids.some((id) => typeof id !== 'string')) return `statuses ${statuses}, no two IDs`;
			return new Set(ids).size === 1 ? `yes: one job (${statuses})` : `no: two jobs (${statuses})`;
		},
	},
	{
		id: 'unknown.profileUpdate',
		section: '2',
		question: 'What does POST /profile answer, and what does a webhook send?',
		// It would change the account.
		learned: () => undefined,
	},
	{
		id: 'unknown.textLength',
		section: '3',
		question: 'How long may a text be?',
		// A text at the limit is not the smallest paid call.
		learned: () => undefined,
	},
	{
		id: 'unknown.urlLifetime',
		section: '3',
		question: 'How long does an audio_url live?',
		learned: (evidence) =>
			list(
				urlOf(evidence, ['cached']).flatMap(({ expiresInSeconds }) =>
					expiresInSeconds === undefined ? [] : [`about ${expiresInSeconds} seconds`],
				),
			),
	},
	{
		id: 'unknown.urlToken',
		section: '3',
		question: 'Does a URL of a result want the token?',
		learned: (evidence) =>
			list(
				urlOf(evidence, ['cached', 'job']).map(({ withoutToken, withToken }) =>
					withToken === undefined
						? `without it ${withoutToken}`
						: `without it ${withoutToken}, with it ${withToken}`,
				),
			),
	},
	{
		id: 'unknown.speechJobFields',
		section: '4',
		question: 'Which fields has a speech job, created and finished?',
		learned: (evidence) => {
			const created = fieldsOf(answersOf(evidence, 'job', ENDPOINTS.createSpeechJob)[0]);
			const finished = fieldsOf(answersOf(evidence, 'job', ENDPOINTS.getSpeechJob).at(-1));
			return created && `created: ${created}; finished: ${finished ?? 'not seen'}`;
		},
	},
	{
		id: 'unknown.jobStates',
		section: '4',
		question: 'Which words are the states of jobs?',
		learned: ({ exchanges }) =>
			list(
				exchanges.flatMap(({ json }) =>
					['status', 'task.status', 'data.status']
						.map((path) => valueAt(json, path))
						.filter((word) => typeof word === 'string')
						.map(wordOnly),
				),
			),
	},
	{
		id: 'unknown.failedJob',
		section: '4',
		question: 'Where does a failed job say why?',
		learned: ({ exchanges }) => {
			const failed = exchanges.find(({ json }) =>
				['status', 'task.status', 'data.status'].some((path) =>
					['failed', 'error'].includes(String(valueAt(json, path))),
				),
			);
			return fieldsOf(failed);
		},
	},
	{
		id: 'unknown.segment',
		section: '5',
		question: 'Which form has a segment?',
		learned: (evidence) => {
			const answer = answersOf(evidence, 'transcription', ENDPOINTS.transcribe)[0];
			return list(fieldNames(valueAt(answer?.json, 'segments.0')));
		},
	},
	{
		id: 'unknown.voiceItem',
		section: '6',
		question: 'Which fields has a voice of the list, and which the answer to a new one?',
		learned: (evidence) => {
			const listed = answersOf(evidence, 'voices', ENDPOINTS.listVoices)[0];
			const made = answersOf(evidence, 'voice', ENDPOINTS.createVoice)[0];
			const item = list(fieldNames(valueAt(listed?.json, 'items.0')));
			return item && `list: ${item}; new: ${fieldsOf(made) ?? 'not seen'}`;
		},
	},
	{
		id: 'unknown.lipSyncList',
		section: '7',
		question: 'Which form has `data` of the lip-sync list?',
		learned: (evidence) =>
			list(
				fieldNames(
					valueAt(answersOf(evidence, 'lipSyncList', ENDPOINTS.listLipSyncJobs)[0]?.json, 'data'),
				),
			),
	},
	{
		id: 'unknown.lipSyncStatus',
		section: '7',
		question: 'Which status code has the answer to a new lip-sync job?',
		learned: (evidence) => {
			const created = answersOf(evidence, 'lipSync', ENDPOINTS.createLipSyncJob)[0];
			return created && `${created.status}`;
		},
	},
	{
		id: 'unknown.lipSyncJobFields',
		section: '7',
		question: 'Which fields has a finished lip-sync job?',
		learned: (evidence) => fieldsOf(answersOf(evidence, 'lipSync', ENDPOINTS.getLipSyncJob).at(-1)),
	},
];

function codeOf(json: unknown): string {
	const code = valueAt(json, 'code') ?? valueAt(json, 'error.code');
	return typeof code === 'string' ? wordOnly(code) : 'no code';
}
