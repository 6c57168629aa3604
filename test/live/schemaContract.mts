import { ENDPOINTS, type Endpoint } from '../sandbox/endpoints.mts';

interface Entry {
	readonly endpoint: Endpoint;
	readonly section: string;
	/** The product file that knows it. */
	readonly file: string;
}

const folder = 'nodes/shared/fishspeech';

export const CONTRACT_ENDPOINTS: readonly Entry[] = [
	{ endpoint: ENDPOINTS.getProfile, section: '2', file: `${folder}/profile.ts` },
	{ endpoint: ENDPOINTS.updateProfile, section: '2', file: `${folder}/profile.ts` },
	{ endpoint: ENDPOINTS.synthesize, section: '3', file: `${folder}/speech.ts` },
	{ endpoint: ENDPOINTS.createSpeechJob, section: '4', file: `${folder}/speechJobs.ts` },
	{ endpoint: ENDPOINTS.getSpeechJob, section: '4', file: `${folder}/speechJobs.ts` },
	{ endpoint: ENDPOINTS.transcribe, section: '5', file: `${folder}/transcriptions.ts` },
	{ endpoint: ENDPOINTS.listVoices, section: '6', file: `${folder}/voices.ts` },
	{ endpoint: ENDPOINTS.createVoice, section: '6', file: `${folder}/voices.ts` },
	{ endpoint: ENDPOINTS.deleteVoice, section: '6', file: `${folder}/voices.ts` },
	{ endpoint: ENDPOINTS.listLipSyncJobs, section: '7', file: `${folder}/lipSyncJobs.ts` },
	{ endpoint: ENDPOINTS.createLipSyncJob, section: '7', file: `${folder}/lipSyncJobs.ts` },
	{ endpoint: ENDPOINTS.getLipSyncJob, section: '7', file: `${folder}/lipSyncJobs.ts` },
];

export const CONTRACT_PATHS = CONTRACT_ENDPOINTS.map(({ endpoint }) => endpoint);

interface ResponseFields extends Entry {
	readonly fields: Readonly<Record<string, FieldType>>;
}

export type FieldType = 'string' | 'number' | 'boolean' | 'array';

/** The fields of answers that the contract knows from a schema or from an example. */
export const RESPONSE_FIELDS: readonly ResponseFields[] = [
	{
		...entryOf(ENDPOINTS.getProfile),
		fields: { user_id: 'string', api_quota_remaining: 'number', tier: 'string', credits: 'number' },
	},
	{
		...entryOf(ENDPOINTS.synthesize),
		fields: {
			success: 'boolean',
			audio_url: 'string',
			format: 'string',
			characters_used: 'number',
			credits_used: 'number',
			quota_remaining: 'number',
			expires_at: 'string',
		},
	},
	{
		...entryOf(ENDPOINTS.transcribe),
		fields: {
			text: 'string',
			duration: 'number',
			segments: 'array',
			credits_used: 'number',
			quota_remaining: 'number',
		},
	},
	{
		...entryOf(ENDPOINTS.listVoices),
		fields: {
			total: 'number',
			page: 'number',
			pageSize: 'number',
			totalPages: 'number',
			items: 'array',
		},
	},
];

/** The fields of requests that the vendor's documentation names. */
export const REQUEST_FIELDS: ReadonlyArray<Entry & { readonly fields: readonly string[] }> = [
	{ ...entryOf(ENDPOINTS.synthesize), fields: ['text', 'voiceId', 'format', 'cache'] },
	{
		...entryOf(ENDPOINTS.createSpeechJob),
		fields: ['text', 'voiceId', 'engineModelId', 'format'],
	},
	{ ...entryOf(ENDPOINTS.transcribe), fields: ['audioUrl', 'language'] },
	{ ...entryOf(ENDPOINTS.createLipSyncJob), fields: ['videoUrl', 'audioUrl'] },
];

function entryOf(wanted: Endpoint): Entry {
	const found = CONTRACT_ENDPOINTS.find(({ endpoint }) => endpoint === wanted);
	if (found === undefined) throw new Error(`the contract has no ${wanted}`);
	return found;
}
