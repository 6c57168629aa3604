/** Every endpoint of the service: the one table for the router, the fault matrix and the tests. */
export const ENDPOINTS = {
	getProfile: 'GET /profile',
	updateProfile: 'POST /profile',
	synthesize: 'POST /speech/tts',
	createSpeechJob: 'POST /speech/tts/jobs',
	getSpeechJob: 'GET /speech/tts/jobs/:taskId',
	transcribe: 'POST /speech/transcriptions',
	listVoices: 'GET /voices',
	createVoice: 'POST /voices',
	deleteVoice: 'DELETE /voices/:voiceId',
	createLipSyncJob: 'POST /media/lip-sync/jobs',
	listLipSyncJobs: 'GET /media/lip-sync/jobs',
	getLipSyncJob: 'GET /media/lip-sync/jobs/:jobId',
	createImage: 'POST /images/generations',
	createVideo: 'POST /videos',
	getVideo: 'GET /videos/:videoId',
	listUsage: 'GET /usage',
	getOpenApi: 'GET /api/openapi.json',
	downloadFile: 'GET /files/:name',
} as const satisfies Readonly<Record<string, `${Method} /${string}`>>;

/** The same of the second service, which stands at the root of the same server. */
export const ACEDATA_ENDPOINTS = {
	createAudio: 'POST /fish/audios',
	createTts: 'POST /fish/tts',
	createAceDataVoice: 'POST /fish/voices',
	readTasks: 'POST /fish/tasks',
} as const satisfies Readonly<Record<string, `${Method} /${string}`>>;

type Method = 'GET' | 'POST' | 'DELETE';

export type EndpointName = keyof typeof ENDPOINTS | keyof typeof ACEDATA_ENDPOINTS;
/** Such as `POST /speech/tts`: how the log, the charges and the fault rules call an endpoint. */
export type Endpoint =
	| (typeof ENDPOINTS)[keyof typeof ENDPOINTS]
	| (typeof ACEDATA_ENDPOINTS)[keyof typeof ACEDATA_ENDPOINTS];

/** What repeating a call does: nothing, a second purchase, or what was done already. The retry table goes by it. */
export type MethodClass = 'read' | 'create' | 'delete';

const READS: readonly Endpoint[] = [ENDPOINTS.updateProfile, ACEDATA_ENDPOINTS.readTasks];

export function methodClassOf(endpoint: Endpoint): MethodClass {
	const { method } = partsOf(endpoint);
	if (method === 'DELETE') return 'delete';
	// Setting the same values twice changes nothing.
	const isRead = method === 'GET' || READS.includes(endpoint);
	return isRead ? 'read' : 'create';
}

/** Method and path, as fastify spells it: relative to the API's base path, or from the root outside of the API. */
export function partsOf(endpoint: Endpoint): { method: Method; path: string } {
	const [method, path] = endpoint.split(' ');
	if (path === undefined || !isMethod(method)) throw new Error(`${endpoint} is not an endpoint`);
	return { method, path };
}

function isMethod(text: string | undefined): text is Method {
	return text === 'GET' || text === 'POST' || text === 'DELETE';
}
