import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/engine/host.mts';
import { misfits, type Schema } from '../support/schemaPreview.mts';
import { packageOperations, publishedNodes } from '../support/packageOperations.mts';
import {
	dialogue,
	publishClip,
	speak,
	storeAudio,
	useLab,
	voice,
	type Lab,
} from '../support/lab/index.mts';

const speech = { text: 'The kettle boils.', voiceId: voice('voice_123') };

/** How each operation comes to its rows. What a run needs of the lab is made by the lab. */
const runs: Readonly<Record<string, (lab: Lab) => Promise<INodeParameters>>> = {
	'fishSpeechEndpoint.call': async () => ({
		endpoint: voice('POST /images/generations'),
		send: 'json',
		jsonParameters: '{ "body": { "prompt": "A kettle" } }',
	}),
	'fishSpeechEndpoint.getAll': async () => ({}),
	'fishSpeechProfile.get': async () => ({}),
	'fishSpeechProfile.checkBalance': async () => ({ minimum: 10 }),
	'fishSpeechProfile.update': async () => ({ webhookUrl: 'https://example.com/hook' }),
	'fishSpeechTextToSpeech.synthesize': async () => speech,
	'fishSpeechTextToSpeech.dialogue': async () => dialogue({ lines: 'Anna: Tea?\nBoris: Please.' }),
	'fishSpeechTextToSpeech.createJob': async () => speech,
	'fishSpeechTextToSpeech.getJob': async (lab) => ({ jobId: await speechJob(lab) }),
	'fishSpeechTextToSpeech.waitForJob': async (lab) => ({ jobId: await speechJob(lab) }),
	'fishSpeechSpeechToText.transcribe': async (lab) => ({
		audioUrl: (await speak(lab, 'One sentence. Another one.')).url,
		language: 'en',
	}),
	'fishSpeechVoices.create': async () => ({ name: 'Anna' }),
	'fishSpeechVoices.delete': async () => ({ voiceId: voice('voice_dora') }),
	'fishSpeechVoices.getAll': async () => ({}),
	'fishSpeechLipSync.createJob': lipSync,
	'fishSpeechLipSync.getJob': async (lab) => ({ jobId: await lipSyncJob(lab) }),
	'fishSpeechLipSync.waitForJob': async (lab) => ({ jobId: await lipSyncJob(lab) }),
	'fishSpeechLipSync.getAll': async (lab) => {
		await lipSyncJob(lab);
		return {};
	},
};

/** Beside what is known, rows of these hold whatever the service tells. */
const openRows = [
	'fishSpeechEndpoint.call',
	'fishSpeechProfile',
	'fishSpeechVoices',
	'fishSpeechLipSync.getAll',
];

const lab = useLab({ sandbox: { jobDurationMs: 2_000, usageHeaders: true } });

async function speechJob({ run }: Lab): Promise<string> {
	const { rows } = await run('fishSpeechTextToSpeech', { operation: 'createJob', ...speech });
	return String(rows[0]?.['jobId']);
}

async function lipSync(from: Lab): Promise<INodeParameters> {
	const videoUrl = await publishClip(from);
	return { videoUrl, audioUrl: (await speak(from, 'Somebody else says this.')).url };
}

async function lipSyncJob(from: Lab): Promise<string> {
	const parameters = { operation: 'createJob', ...(await lipSync(from)) };
	const { rows } = await from.run('fishSpeechLipSync', parameters);
	return String(rows[0]?.['jobId']);
}

function previewFolder(node: string): string {
	const folder = node.replace(/^f/, 'F');
	return path.join(repositoryRoot, 'nodes', folder, '__schema__', 'v1.0.0');
}

describe.each(Object.entries(runs))('the preview of %s', (name, parametersFor) => {
	const [node = '', operation = ''] = name.split('.');

	it('is what a real row looks like', async () => {
		const file = path.join(previewFolder(node), `${operation}.json`);
		const preview: Schema = JSON.parse(readFileSync(file, 'utf8'));
		expect(preview.type).toBe('object');
		expect(Object.keys(preview.properties ?? {})).not.toEqual([]);

		const { bytes } = await speak(lab, 'A recording of a voice.');
		const items = [{ json: {}, binary: { data: await storeAudio(lab, bytes) } }];
		const parameters = { operation, ...(await parametersFor(lab)) };
		const result = await lab.run(node, parameters, { items });
		expect(result.error?.message).toBeUndefined();
		expect(result.rows.length).toBeGreaterThan(0);
		const isOpen = openRows.some((prefix) => name.startsWith(prefix));
		for (const row of result.rows) expect(misfits(row, preview, isOpen)).toEqual([]);
	});
});

it('no operation is without a preview, and no preview without an operation', () => {
	const previews = publishedNodes().flatMap(({ name }) =>
		existsSync(previewFolder(name))
			? readdirSync(previewFolder(name)).map((file) => `${name}.${path.basename(file, '.json')}`)
			: [],
	);
	expect(previews.sort()).toEqual(packageOperations());
	expect(Object.keys(runs).sort()).toEqual(packageOperations());
});
