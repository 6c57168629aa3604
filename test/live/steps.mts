import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { valueAt } from './exchange.mts';
import { READ_STEPS } from './readSteps.mts';
import type { Stage } from './stage.mts';
import type { Step, StepName } from './step.mts';

/** About two seconds of speech: enough for a transcription and a voice. */
const TEXT = 'This is only a short test.';
const TINY_TEXT = 'Hi.';
/** Nothing paid is repeated: the second request would be a second purchase. */
const once: INodeParameters = { maxRetries: 0 };
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

/** All of them, in their order. */
export const STEPS: readonly Step[] = [
	...READ_STEPS,
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
