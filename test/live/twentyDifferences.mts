import { ENDPOINTS } from '../sandbox/endpoints.mts';
import type { ChangingAnswer, Changes } from './differingService.mts';

interface Difference {
	/** The statement that it contradicts. */
	readonly statement: string;
	readonly endpoint: string;
	/** Only the answers that it is about. */
	readonly when?: (answer: ChangingAnswer) => boolean;
	readonly make: (json: Record<string, unknown>, answer: ChangingAnswer) => void;
}

const isError = ({ status }: ChangingAnswer) => status >= 400;
const isGood = ({ status }: ChangingAnswer) => status < 400;

/** An object within an answer, to be changed in place. */
function within(
	json: Record<string, unknown>,
	...keys: readonly string[]
): Record<string, unknown> {
	return keys.reduce<Record<string, unknown>>((inner, key) => Object(inner[key]), json);
}

function renamed(json: Record<string, unknown>, from: string, to: string): void {
	json[to] = json[from];
	delete json[from];
}

/** Twenty ways in which a service can differ from the contract, each against one statement. */
export const TWENTY_DIFFERENCES: readonly Difference[] = [
	{
		statement: '2.profile.tier',
		endpoint: ENDPOINTS.getProfile,
		when: isGood,
		make: (json) => void (json['tier'] = 3),
	},
	{
		statement: '2.profile.credits',
		endpoint: ENDPOINTS.getProfile,
		when: isGood,
		make: (json) => void delete json['credits'],
	},
	{
		statement: '1.wrongToken.code',
		endpoint: ENDPOINTS.getProfile,
		when: isError,
		make: (json) => renamed(json, 'code', 'errorCode'),
	},
	{
		statement: '1.unknownJob.status',
		endpoint: ENDPOINTS.getSpeechJob,
		when: isError,
		make: (_, answer) => void (answer.status = 400),
	},
	{
		statement: '1.unknownLipSyncJob.message',
		endpoint: ENDPOINTS.getLipSyncJob,
		when: isError,
		make: (json) => renamed(json, 'message', 'detail'),
	},
	{
		statement: '6.list.pageSize',
		endpoint: ENDPOINTS.listVoices,
		make: (json) => renamed(json, 'pageSize', 'page_size'),
	},
	{
		statement: '6.list.items.0.id',
		endpoint: ENDPOINTS.listVoices,
		make: (json) => {
			for (const item of Object.values(within(json, 'items')))
				renamed(Object(item), 'id', 'voice_id');
		},
	},
	{
		statement: '7.list.success',
		endpoint: ENDPOINTS.listLipSyncJobs,
		make: (json) => void delete json['success'],
	},
	{
		statement: 'schema.new',
		endpoint: ENDPOINTS.getOpenApi,
		make: (json) => {
			within(json, 'paths')['/music/jobs'] = { post: { responses: {} } };
		},
	},
	{
		statement: `schema.${ENDPOINTS.listLipSyncJobs}`,
		endpoint: ENDPOINTS.getOpenApi,
		make: (json) => void delete within(json, 'paths', '/media/lip-sync/jobs')['get'],
	},
	{
		statement: `schema.fields.${ENDPOINTS.getProfile}`,
		endpoint: ENDPOINTS.getOpenApi,
		make: (json) => {
			const schema = { type: 'object', properties: { user_id: { type: 'integer' } } };
			within(json, 'paths', '/profile')['get'] = {
				responses: { 200: { content: { 'application/json': { schema } } } },
			};
		},
	},
	{
		statement: '3.speech.type',
		endpoint: ENDPOINTS.synthesize,
		when: ({ json }) => json === undefined,
		make: (_, { headers }) => void (headers['content-type'] = 'application/octet-stream'),
	},
	{
		statement: '3.cached.expires_at',
		endpoint: ENDPOINTS.synthesize,
		make: (json) => void (json['expires_at'] = 1_800_000_000),
	},
	{
		statement: '3.cached.characters_used',
		endpoint: ENDPOINTS.synthesize,
		make: (json) => void delete json['characters_used'],
	},
	{
		statement: '4.created.status',
		endpoint: ENDPOINTS.createSpeechJob,
		make: (_, answer) => void (answer.status = 200),
	},
	{
		statement: '4.created.word',
		endpoint: ENDPOINTS.createSpeechJob,
		make: (json) => void (json['status'] = 'waiting'),
	},
	{
		statement: '4.finished.audioUrl',
		endpoint: ENDPOINTS.getSpeechJob,
		when: isGood,
		make: (json) => renamed(json, 'audioUrl', 'outputUrl'),
	},
	{
		statement: '5.transcription.duration',
		endpoint: ENDPOINTS.transcribe,
		make: (json) => void (json['duration'] = String(json['duration'])),
	},
	{
		statement: '5.transcription.segments',
		endpoint: ENDPOINTS.transcribe,
		make: (json) => void delete json['segments'],
	},
	{
		statement: '6.created.status',
		endpoint: ENDPOINTS.createVoice,
		make: (_, answer) => void (answer.status = 202),
	},
];

/** All of these at once. */
export function changesOf(differences: readonly Difference[]): Changes {
	const byEndpoint = new Map<string, Difference[]>();
	for (const difference of differences)
		byEndpoint.set(difference.endpoint, [
			...(byEndpoint.get(difference.endpoint) ?? []),
			difference,
		]);
	return Object.fromEntries(
		[...byEndpoint].map(([endpoint, list]) => [
			endpoint,
			(answer: ChangingAnswer) => {
				for (const { when, make } of list) {
					if (when === undefined || when(answer)) make(answer.json ?? {}, answer);
				}
			},
		]),
	);
}
