import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { publishClip, speak } from '../support/lab/media.mts';
import { packageOperations } from '../support/packageOperations.mts';
import { outputOf } from './host/execution.mts';
import { chain, manualTrigger } from './host/workflow.mts';
import { expectPlayable } from './support/files.mts';
import type { Lab } from './support/lab.mts';
import {
	type NodeTypeName,
	conversation,
	fetchFile,
	fishSpeechNode,
	synthesis,
	voice,
} from './support/nodes.mts';
import { finish, orderLipSyncJob, orderSpeechJob } from './support/otherClient.mts';
import { useLab } from './support/useLab.mts';

const SPOKEN = 'One sentence here. And another one there.';

interface OperationCase {
	readonly node: NodeTypeName;
	readonly operation: string;
	/** Told apart where an operation stands more than once. */
	readonly how?: string;
	/** Of the node under test. May ask the sandbox or n8n for ids first. */
	readonly parameters: (lab: Lab) => INodeParameters | Promise<INodeParameters>;
	/** The address of a file that the node before puts into the binary field `data`. */
	readonly input?: (lab: Lab) => Promise<string>;
	/** Fields that the first row must have. */
	readonly row: Readonly<Record<string, unknown>>;
	/** The file that the first row must carry. */
	readonly file?: { readonly field: string; readonly mimeType: string };
}

const CASES: readonly OperationCase[] = [
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
		parameters: () => conversation({ pauseBetweenLinesMs: 400 }),
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
		parameters: () => conversation({ format: 'wav', subtitles: 'srt' }),
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

/** The id of a speech job whose audio is ready. */
async function finishedSpeechJob(lab: Lab): Promise<string> {
	return finish(lab, 'speech', await orderSpeechJob(lab, SPOKEN));
}

/** The id of a lip-sync job whose video is ready. */
async function finishedLipSyncJob(lab: Lab): Promise<string> {
	return finish(lab, 'lipSync', await orderLipSyncJob(lab, SPOKEN));
}

describe('each operation in a workflow', () => {
	const lab = useLab();

	it('is in the table of this file', () => {
		const tested = new Set(CASES.map(({ node, operation }) => `${node}.${operation}`));
		expect([...tested].sort()).toEqual(packageOperations());
	});

	for (const { node, operation, how, input, parameters, row, file } of CASES) {
		it(`runs ${[node, operation, how].filter(Boolean).join(' ')}`, async () => {
			const { client, credentials } = lab;
			const before = input === undefined ? [] : [fetchFile('File', await input(lab))];
			const tested = fishSpeechNode('Tested', node, await parameters(lab), { credentials });
			const execution = await lab.run(chain('Operation', [manualTrigger(), ...before, tested]));
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
		});
	}
});
