import type { INodeParameters } from 'n8n-workflow';
import { expect } from 'vitest';

import { publishClip, speak } from '../../support/lab/media.mts';
import { outputOf } from '../host/execution.mts';
import { chain, manualTrigger } from '../host/workflow.mts';
import { expectPlayable } from './files.mts';
import type { Lab, N8nHost } from './lab.mts';
import { type NodeTypeName, fetchFile, fishSpeechNode, synthesis, voice } from './nodes.mts';
import { finish, orderLipSyncJob, orderSpeechJob } from './otherClient.mts';

type AnyLab = Lab<N8nHost>;

const SPOKEN = 'One sentence here. And another one there.';

export interface OperationCase {
	readonly node: NodeTypeName;
	readonly operation: string;
	/** Told apart where an operation stands more than once. */
	readonly how?: string;
	/** Of the node under test. May ask the sandbox or n8n for ids first. */
	readonly parameters: (lab: AnyLab) => INodeParameters | Promise<INodeParameters>;
	/** The address of a file that the node before puts into the binary field `data`. */
	readonly input?: (lab: AnyLab) => Promise<string>;
	/** Fields that the first row must have. */
	readonly row: Readonly<Record<string, unknown>>;
	/** The file that the first row must carry. */
	readonly file?: { readonly field: string; readonly mimeType: string };
}

export const OPERATION_CASES: readonly OperationCase[] = [
	{
		node: 'fishSpeechEndpoint',
		operation: 'call',
		parameters: () => ({
			operation: 'call',
			endpoint: voice('POST /images/generations'),
			fields: {
				mappingMode: 'defineBelow',
				value: { 'body.prompt': 'A lighthouse', 'body.seed': 7 },
				schema: [],
			},
		}),
		row: { mimeType: 'image/png', bytes: expect.any(Number) },
		file: { field: 'data', mimeType: 'image/png' },
	},
	{
		node: 'fishSpeechEndpoint',
		operation: 'getAll',
		parameters: () => ({ operation: 'getAll', limit: 3 }),
		row: { method: 'GET', path: '/profile', summary: 'Read the account', costs: false },
	},
	{
		node: 'fishSpeechProfile',
		operation: 'get',
		parameters: () => ({ operation: 'get' }),
		row: { userId: expect.any(String), tier: 'pro', credits: 1_200, apiQuotaRemaining: 988_000 },
	},
	{
		node: 'fishSpeechProfile',
		operation: 'checkBalance',
		parameters: () => ({ operation: 'checkBalance', balance: 'credits', minimum: 1_201 }),
		row: { credits: 1_200, sufficient: false },
	},
	{
		node: 'fishSpeechProfile',
		operation: 'update',
		parameters: () => ({ operation: 'update', webhookUrl: 'https://n8n.example/webhook/fish' }),
		row: { updated: true },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'synthesize',
		how: 'as an MP3 file',
		parameters: () => synthesis('Out of a real n8n.'),
		row: { voiceId: 'voice_anna', format: 'mp3', characters: 18, mimeType: 'audio/mpeg' },
		file: { field: 'data', mimeType: 'audio/mpeg' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'synthesize',
		how: 'as a WAV file via a URL, under another name',
		parameters: () =>
			synthesis('Fetched from where the service keeps it.', {
				format: 'wav',
				delivery: 'fileViaUrl',
				outputBinaryField: 'speech',
				options: { fileName: 'news' },
			}),
		row: { format: 'wav', audioUrl: expect.stringMatching(/^http/) },
		file: { field: 'speech', mimeType: 'audio/wav' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'synthesize',
		how: 'as a URL',
		parameters: () => synthesis('Only the address.', { delivery: 'url', simplify: false }),
		row: { audioUrl: expect.stringMatching(/^http/), raw: expect.any(Object) },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'dialogue',
		how: 'in two voices',
		parameters: () => twoVoices({ pauseBetweenLinesMs: 400 }),
		row: {
			format: 'mp3',
			mimeType: 'audio/mpeg',
			durationSeconds: expect.any(Number),
			lines: 2,
			cues: [
				{ speaker: 'Anna', startSeconds: 0, endSeconds: expect.any(Number) },
				{ speaker: 'Boris', startSeconds: expect.any(Number), endSeconds: expect.any(Number) },
			],
		},
		file: { field: 'data', mimeType: 'audio/mpeg' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'dialogue',
		how: 'with subtitles',
		parameters: () => twoVoices({ format: 'wav', subtitles: 'srt' }),
		row: { lines: 2, mimeType: 'audio/wav' },
		file: { field: 'subtitles', mimeType: 'application/x-subrip' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'createJob',
		how: 'and waits for the audio',
		parameters: () =>
			synthesis('Spoken in the background.', {
				operation: 'createJob',
				options: { initialPollSeconds: 0.1 },
			}),
		row: { jobId: expect.any(String), state: 'succeeded', voiceId: 'voice_anna' },
		file: { field: 'data', mimeType: 'audio/mpeg' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'createJob',
		how: 'and does not wait',
		parameters: () => synthesis('For later.', { operation: 'createJob', waitForCompletion: false }),
		row: { jobId: expect.any(String), state: 'running' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'getJob',
		parameters: async (lab) => ({ operation: 'getJob', jobId: await finishedSpeechJob(lab) }),
		row: { state: 'succeeded', audioUrl: expect.stringMatching(/^http/) },
		file: { field: 'data', mimeType: 'audio/mpeg' },
	},
	{
		node: 'fishSpeechTextToSpeech',
		operation: 'waitForJob',
		parameters: async (lab) => ({ operation: 'waitForJob', jobId: await finishedSpeechJob(lab) }),
		row: { state: 'succeeded' },
		file: { field: 'data', mimeType: 'audio/mpeg' },
	},
	{
		node: 'fishSpeechSpeechToText',
		operation: 'transcribe',
		how: 'audio at a URL',
		parameters: async (lab) => ({
			operation: 'transcribe',
			audioUrl: (await speak(lab, SPOKEN)).url,
			language: 'en',
		}),
		row: { text: SPOKEN, language: 'en', durationSeconds: expect.any(Number) },
	},
	{
		node: 'fishSpeechSpeechToText',
		operation: 'transcribe',
		how: 'a file of n8n with subtitles',
		input: async (lab) => (await speak(lab, SPOKEN)).url,
		parameters: () => ({ operation: 'transcribe', audioSource: 'binary', subtitles: 'srt' }),
		row: { text: SPOKEN },
		file: { field: 'subtitles', mimeType: 'application/x-subrip' },
	},
	{
		node: 'fishSpeechVoices',
		operation: 'create',
		input: async (lab) => (await speak(lab, SPOKEN)).url,
		parameters: () => ({ operation: 'create', name: 'Emil', options: { languages: 'en, de' } }),
		row: { voiceId: expect.any(String), name: 'Emil' },
	},
	{
		node: 'fishSpeechVoices',
		operation: 'delete',
		parameters: () => ({ operation: 'delete', voiceId: voice('voice_dora') }),
		row: { deleted: true, voiceId: 'voice_dora' },
	},
	{
		node: 'fishSpeechVoices',
		operation: 'getAll',
		parameters: () => ({ operation: 'getAll', limit: 2, filters: { provider: 'minimax' } }),
		row: { voiceId: 'voice_boris', name: 'Boris', provider: 'minimax' },
	},
	{
		node: 'fishSpeechLipSync',
		operation: 'createJob',
		how: 'and waits for the video',
		input: async (lab) => (await speak(lab, SPOKEN)).url,
		parameters: async (lab) => ({
			operation: 'createJob',
			videoUrl: await publishClip(lab),
			audioSource: 'binary',
			options: { initialPollSeconds: 0.1 },
		}),
		row: { jobId: expect.any(String), state: 'succeeded' },
		file: { field: 'data', mimeType: 'video/mp4' },
	},
	{
		node: 'fishSpeechLipSync',
		operation: 'getJob',
		parameters: async (lab) => ({ operation: 'getJob', jobId: await finishedLipSyncJob(lab) }),
		row: { state: 'succeeded', progress: 100 },
		file: { field: 'data', mimeType: 'video/mp4' },
	},
	{
		node: 'fishSpeechLipSync',
		operation: 'waitForJob',
		parameters: async (lab) => ({ operation: 'waitForJob', jobId: await finishedLipSyncJob(lab) }),
		row: { state: 'succeeded' },
		file: { field: 'data', mimeType: 'video/mp4' },
	},
	{
		node: 'fishSpeechLipSync',
		operation: 'getAll',
		parameters: async (lab) => {
			await finishedLipSyncJob(lab);
			return { operation: 'getAll', returnAll: true };
		},
		row: { jobId: expect.any(String), state: 'succeeded' },
	},
];

function twoVoices(changes: INodeParameters): INodeParameters {
	const speaker = [
		{ name: 'Anna', voiceId: voice('voice_anna') },
		{ name: 'Boris', voiceId: voice('voice_boris') },
	];
	const lines = 'Anna: Shall we have tea?\nBoris: With pleasure.';
	return { operation: 'dialogue', lines, speakers: { speaker }, ...changes };
}

/** The id of a speech job whose audio is ready. */
async function finishedSpeechJob(lab: AnyLab): Promise<string> {
	return finish(lab, 'speech', await orderSpeechJob(lab, SPOKEN));
}

/** The id of a lip-sync job whose video is ready. */
async function finishedLipSyncJob(lab: AnyLab): Promise<string> {
	return finish(lab, 'lipSync', await orderLipSyncJob(lab, SPOKEN));
}

/** How a case reads as the name of a test. */
export function nameOfCase({ node, operation, how }: OperationCase): string {
	return ['runs', node, operation, how].filter(Boolean).join(' ');
}

/** Runs one case in n8n and checks its first row and its file. */
export async function expectCaseToWork(lab: AnyLab, tested: OperationCase): Promise<void> {
	const { client, credentials } = lab;
	const { node: type, parameters, input, row, file } = tested;
	const before = input === undefined ? [] : [fetchFile('File', await input(lab))];
	const node = fishSpeechNode('Tested', type, await parameters(lab), { credentials });
	const execution = await lab.run(chain('Operation', [manualTrigger(), ...before, node]));
	const [item] = outputOf(execution, 'Tested');
	expect(item?.json).toMatchObject(row);
	expect(item?.pairedItem).toEqual({ item: 0 });
	if (file === undefined) {
		expect(item?.binary).toBeUndefined();
		return;
	}
	const reference = item?.binary?.[file.field];
	if (reference === undefined) throw new Error(`There is no file in "${file.field}"`);
	expect(reference.mimeType).toBe(file.mimeType);
	await expectPlayable(await client.binary(reference), file.mimeType);
}
