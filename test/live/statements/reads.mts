import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { answersWith, contentType, hasField, nodeFails, nodeReads, type Place } from './make.mts';
import type { Statement } from './statement.mts';

const folder = 'nodes/shared/fishspeech';

const profile: Place = {
	id: '2.profile',
	section: '2',
	step: 'profile',
	endpoint: ENDPOINTS.getProfile,
	rule: '§9, rules 1 and 9',
	file: `${folder}/profile.ts`,
};

const voices: Place = {
	id: '6.list',
	section: '6',
	step: 'voices',
	endpoint: ENDPOINTS.listVoices,
	rule: '§9, rules 6 and 7',
	file: `${folder}/voices.ts`,
};

const lipSyncJobs: Place = {
	id: '7.list',
	section: '7',
	step: 'lipSyncList',
	endpoint: ENDPOINTS.listLipSyncJobs,
	rule: '§9, rules 2 to 5',
	file: `${folder}/lipSyncJobs.ts`,
};

/** The form of errors, tried on three that cost nothing. */
function errorOf(id: string, step: string, endpoint: string): Place {
	const rule = '§1';
	return { id: `1.${id}`, section: '1', step, endpoint, rule, file: `${folder}/errorBody.ts` };
}

const wrongToken = errorOf('wrongToken', 'wrongToken', ENDPOINTS.getProfile);
const unknownJob = errorOf('unknownJob', 'unknownJob', ENDPOINTS.getSpeechJob);
const unknownLipSyncJob = errorOf(
	'unknownLipSyncJob',
	'unknownLipSyncJob',
	ENDPOINTS.getLipSyncJob,
);

function errorStatements(
	place: Place,
	{ what, status, reason }: { what: string; status: number; reason: string },
): Statement[] {
	return [
		answersWith(place, status),
		hasField(place, 'code', 'string'),
		hasField(place, 'message', 'string'),
		nodeFails(place, what, status, reason),
	];
}

/** What costs nothing to try. */
export const READS: readonly Statement[] = [
	...errorStatements(wrongToken, { what: 'a wrong token', status: 401, reason: 'unauthorized' }),
	...errorStatements(unknownJob, { what: 'an unknown job', status: 404, reason: 'notFound' }),
	...errorStatements(unknownLipSyncJob, {
		what: 'an unknown lip-sync job',
		status: 404,
		reason: 'notFound',
	}),

	answersWith(profile, 200),
	contentType(profile, 'application/json'),
	hasField(profile, 'user_id', 'string'),
	hasField(profile, 'api_quota_remaining', 'number'),
	hasField(profile, 'tier', 'string'),
	hasField(profile, 'credits', 'number'),
	nodeReads(profile, 'Profile → Get', ['apiQuotaRemaining']),

	answersWith(voices, 200),
	contentType(voices, 'application/json'),
	hasField(voices, 'total', 'number'),
	hasField(voices, 'page', 'number'),
	hasField(voices, 'pageSize', 'number'),
	hasField(voices, 'totalPages', 'number'),
	hasField(voices, 'items', 'list'),
	hasField(voices, 'items.0.id', 'string'),
	hasField(voices, 'items.0.name', 'string'),
	hasField(voices, 'items.0.provider', 'string'),
	nodeReads(voices, 'Voices → Get Many', ['voiceId']),

	answersWith(lipSyncJobs, 200),
	contentType(lipSyncJobs, 'application/json'),
	hasField(lipSyncJobs, 'success', 'boolean'),
	hasField(lipSyncJobs, 'message', 'string'),
	hasField(lipSyncJobs, 'data', 'any'),
	nodeReads(lipSyncJobs, 'Lip Sync → Get Many', ['jobId']),
];
