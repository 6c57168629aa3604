import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { valueAt } from './exchange.mts';
import type { Stage } from './stage.mts';

export const STEP_NAMES = [
	'profile',
	'voices',
	'lipSyncList',
	'schema',
	'wrongToken',
	'unknownJob',
	'unknownLipSyncJob',
	'speech',
	'cached',
	'job',
	'transcription',
	'voice',
	'lipSync',
	'idempotency',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

export interface Step {
	readonly name: StepName;
	readonly kind: 'read' | 'paid' | 'lipSync' | 'idempotency';
	/** What it sends, for the announcement. */
	readonly what: string;
	readonly cost: string;
	/** False when something that it needs is missing. */
	run(stage: Stage): Promise<boolean>;
}

/** About two seconds of speech: enough for a transcription and a voice. */
const TEXT = 'This is only a short test.';
const TINY_TEXT = 'Hi.';
/** Nothing paid is repeated: the second request would be a second purchase. */
const once: INodeParameters = { maxRetries: 0 };
const UNKNOWN_JOB = '00000000-0000-4000-8000-000000000000';
const FREE = 'nothing';
const A_TEXT = `a text of ${TEXT.length} characters: about ${Math.ceil(TEXT.length / 2)} credits`;

function voiceOf({ options, recorder }: Stage): INodeParameters | undefined {
	const listed = recorder.exchanges.find(({ step }) => step === 'voices')?.json;
	const keys = ['id', 'voiceId', 'voice_id', 'modelId'];
	const first = keys.map((key) => valueAt(listed, `items.0.${key}`));
	const value = options.voiceId ?? first.find((id) => typeof id === 'string');
	return typeof value === 'string' ? { __rl: true, mode: 'id', value } : undefined;
}

function jsonOf({ recorder }: Stage, step: StepName): unknown {
	return recorder.exchanges.findLast((exchange) => exchange.step === step)?.json;
}

async function speech(stage: Stage, changes: INodeParameters): Promise<boolean> {
	const voiceId = voiceOf(stage);
	if (voiceId === undefined) return false;
	stage.secrets.add(TEXT);
	const parameters = { text: TEXT, voiceId, options: once, ...changes };
	const { outputs } = await stage.run('fishSpeechTextToSpeech', parameters);
	stage.speech ??= outputs[0]?.[0]?.binary?.['data'];
	return true;
}

export const STEPS: readonly Step[] = [
	{
		name: 'profile',
		kind: 'read',
		what: 'the profile (Profile → Get)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechProfile', { operation: 'get' });
			return true;
		},
	},
	{
		name: 'voices',
		kind: 'read',
		what: 'one page of voices (Voices → Get Many)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechVoices', { operation: 'getAll', returnAll: false, limit: 5 });
			return true;
		},
	},
	{
		name: 'lipSyncList',
		kind: 'read',
		what: 'one page of lip-sync jobs (Lip Sync → Get Many)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechLipSync', { operation: 'getAll', returnAll: false, limit: 5 });
			return true;
		},
	},
	{
		name: 'schema',
		kind: 'read',
		what: 'the published schema (openapi.json)',
		cost: FREE,
		run: async (stage) => {
			const { pathname } = new URL(stage.options.baseUrl);
			await stage.send(`${pathname.replace(/\/open\/v1$/, '')}/openapi.json`);
			return true;
		},
	},
	{
		name: 'wrongToken',
		kind: 'read',
		what: 'the profile with a wrong token',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechProfile', { operation: 'get' }, { wrongToken: true });
			return true;
		},
	},
	{
		name: 'unknownJob',
		kind: 'read',
		what: 'a speech job that does not exist (Text to Speech → Get Job)',
		cost: FREE,
		run: async (stage) => {
			const parameters = { operation: 'getJob', jobId: UNKNOWN_JOB };
			await stage.run('fishSpeechTextToSpeech', parameters);
			return true;
		},
	},
	{
		name: 'unknownLipSyncJob',
		kind: 'read',
		what: 'a lip-sync job that does not exist (Lip Sync → Get Job)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechLipSync', { operation: 'getJob', jobId: UNKNOWN_JOB });
			return true;
		},
	},
	{
		name: 'speech',
		kind: 'paid',
		what: 'one synchronous speech as bytes (Synthesize)',
		cost: A_TEXT,
		run: async (stage) => await speech(stage, { operation: 'synthesize', delivery: 'file' }),
	},
	{
		name: 'cached',
		kind: 'paid',
		what: 'one synchronous speech as a URL (Synthesize with cache)',
		cost: A_TEXT,
		run: async (stage) => {
			const was = await speech(stage, { operation: 'synthesize', delivery: 'url' });
			const answer = jsonOf(stage, 'cached');
			await stage.probe(valueAt(answer, 'audio_url'), valueAt(answer, 'expires_at'));
			return was;
		},
	},
	{
		name: 'job',
		kind: 'paid',
		what: 'one speech job until it is finished (Create Job)',
		cost: A_TEXT,
		run: async (stage) => {
			const options = { ...once, waitTimeoutSeconds: 180 };
			const was = await speech(stage, { operation: 'createJob', downloadAudio: false, options });
			await stage.probe(valueAt(jsonOf(stage, 'job'), 'audioUrl'));
			return was;
		},
	},
	{
		name: 'transcription',
		kind: 'paid',
		what: 'one transcription of the speech at that URL (Transcribe)',
		cost: 'about three seconds of audio: a few credits',
		run: async (stage) => {
			const audioUrl = valueAt(jsonOf(stage, 'cached'), 'audio_url');
			if (typeof audioUrl !== 'string') return false;
			const parameters = { operation: 'transcribe', audioUrl, options: once };
			await stage.run('fishSpeechSpeechToText', parameters);
			return true;
		},
	},
	{
		name: 'voice',
		kind: 'paid',
		what: 'one voice from that speech, deleted at once (Voices → Create, Delete)',
		cost: 'unknown: no document names a price',
		run: makeAndDeleteVoice,
	},
	{
		name: 'lipSync',
		kind: 'lipSync',
		what: 'one lip-sync job until it is finished (Lip Sync → Create Job)',
		cost: 'unknown: by the length of the audio',
		run: async (stage) => {
			const videoUrl = stage.options.lipSyncVideoUrl;
			const audioUrl = valueAt(jsonOf(stage, 'cached'), 'audio_url');
			if (videoUrl === undefined || typeof audioUrl !== 'string') return false;
			const options = { ...once, waitTimeoutSeconds: 600 };
			await stage.run('fishSpeechLipSync', {
				operation: 'createJob',
				videoUrl,
				audioUrl,
				downloadVideo: false,
				options,
			});
			return true;
		},
	},
	{
		name: 'idempotency',
		kind: 'idempotency',
		what: 'the same speech job twice with one Idempotency-Key',
		cost: `two texts of ${TINY_TEXT.length} characters, or one: some 4 credits`,
		run: createTwice,
	},
];

async function createTwice(stage: Stage): Promise<boolean> {
	const voiceId = voiceOf(stage)?.['value'];
	if (voiceId === undefined) return false;
	const { pathname } = new URL(stage.options.baseUrl);
	const key = randomUUID();
	for (let time = 0; time < 2; time += 1)
		await stage.send(`${pathname}/speech/tts/jobs`, {
			json: { text: TINY_TEXT, voiceId, format: 'mp3' },
			headers: { 'idempotency-key': key },
		});
	return true;
}

async function makeAndDeleteVoice(stage: Stage): Promise<boolean> {
	const audio = stage.speech;
	if (audio === undefined) return false;
	const name = `check-${Date.now().toString(36)}`;
	stage.secrets.add(name);
	const items = [{ json: {}, binary: { data: audio } }];
	const made = await stage.run(
		'fishSpeechVoices',
		{ operation: 'create', name, options: once },
		{ items, name: 'voice' },
	);
	const id = made.rows[0]?.['voiceId'];
	if (typeof id !== 'string') {
		stage.say(`  If a voice "${name}" exists now, delete it by hand: its ID could not be read.`);
		return true;
	}
	const voiceId = { __rl: true, mode: 'id', value: id } as const;
	const gone = await stage.run(
		'fishSpeechVoices',
		{ operation: 'delete', voiceId },
		{ name: 'voiceDeleted' },
	);
	if (gone.status !== 'success')
		stage.say(`  The voice "${name}" could not be deleted: do it by hand.`);
	return true;
}
