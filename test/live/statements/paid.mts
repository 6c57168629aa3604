import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import {
	answersWith,
	contentType,
	hasField,
	hasOneOf,
	hasWord,
	nodeReads,
	succeeds,
	type Place,
} from './make.mts';
import type { Statement } from './statement.mts';

const folder = 'nodes/shared/fishspeech';

const bytes: Place = {
	id: '3.speech',
	section: '3',
	step: 'speech',
	endpoint: ENDPOINTS.synthesize,
	rule: '§9, rule 8',
	file: `${folder}/speech.ts`,
};
const cached: Place = { ...bytes, id: '3.cached', step: 'cached' };

const created: Place = {
	id: '4.created',
	section: '4',
	step: 'job',
	endpoint: ENDPOINTS.createSpeechJob,
	rule: '§9, rules 2 and 3',
	file: `${folder}/jobReading.ts`,
};
const finished: Place = {
	...created,
	id: '4.finished',
	endpoint: ENDPOINTS.getSpeechJob,
	which: 'last',
	rule: '§9, rules 3 to 5',
};

const transcription: Place = {
	id: '5.transcription',
	section: '5',
	step: 'transcription',
	endpoint: ENDPOINTS.transcribe,
	rule: '§9, rules 1 and 9',
	file: `${folder}/transcriptions.ts`,
};

const voice: Place = {
	id: '6.created',
	section: '6',
	step: 'voice',
	endpoint: ENDPOINTS.createVoice,
	rule: '§9, rule 6',
	file: `${folder}/voices.ts`,
};
const deleted: Place = { ...voice, id: '6.deleted', endpoint: ENDPOINTS.deleteVoice };

const lipSync: Place = {
	id: '7.created',
	section: '7',
	step: 'lipSync',
	endpoint: ENDPOINTS.createLipSyncJob,
	rule: '§9, rules 2 and 3',
	file: `${folder}/lipSyncJobs.ts`,
};
const dubbed: Place = {
	...lipSync,
	id: '7.finished',
	endpoint: ENDPOINTS.getLipSyncJob,
	which: 'last',
	rule: '§9, rules 3 to 5',
};

const running = ['queued', 'processing'];
/** Those of reader rule 3. */
const succeeded = ['completed', 'succeeded', 'success', 'done', 'finished'];

/** What only a call that costs can show. */
export const PAID: readonly Statement[] = [
	answersWith(bytes, 200),
	contentType(bytes, 'audio/'),
	nodeReads(bytes, 'Synthesize', ['mimeType', 'bytes', 'durationSeconds']),

	answersWith(cached, 200),
	contentType(cached, 'application/json'),
	hasField(cached, 'success', 'boolean'),
	hasField(cached, 'audio_url', 'string'),
	hasField(cached, 'format', 'string'),
	hasField(cached, 'characters_used', 'number'),
	hasField(cached, 'credits_used', 'number'),
	hasField(cached, 'quota_remaining', 'number'),
	hasField(cached, 'expires_at', 'date'),
	nodeReads(cached, 'Synthesize with Deliver As: URL', ['audioUrl']),

	answersWith(created, 202),
	hasOneOf(created, 'id', ['id', 'task.id']),
	hasWord(created, ['status', 'task.status'], running),
	answersWith(finished, 200),
	hasWord(finished, ['status', 'task.status'], succeeded),
	hasOneOf(finished, 'audioUrl', ['audioUrl', 'task.audioUrl']),
	nodeReads(finished, 'Create Job', ['jobId', 'audioUrl']),

	answersWith(transcription, 200),
	hasField(transcription, 'text', 'string'),
	hasField(transcription, 'duration', 'number'),
	hasField(transcription, 'segments', 'list'),
	hasField(transcription, 'credits_used', 'number'),
	hasField(transcription, 'quota_remaining', 'number'),
	nodeReads(transcription, 'Transcribe', ['text', 'durationSeconds']),

	answersWith(voice, 200, 201),
	hasOneOf(voice, 'id', ['voiceId', 'id', 'voice.id', 'voice.voiceId']),
	nodeReads(voice, 'Voices → Create', ['voiceId']),
	succeeds(deleted),
	nodeReads(deleted, 'Voices → Delete', ['voiceId']),

	hasField(lipSync, 'success', 'boolean'),
	hasField(lipSync, 'message', 'string'),
	hasField(lipSync, 'data.id', 'string'),
	hasWord(lipSync, ['data.status'], running),
	hasField(dubbed, 'success', 'boolean'),
	hasWord(dubbed, ['data.status'], succeeded),
	nodeReads(dubbed, 'Lip Sync → Create Job', ['jobId']),
];
