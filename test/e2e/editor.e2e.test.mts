import type { INodeParameters } from 'n8n-workflow';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod/v4';

import { ensureChromium } from './host/chromium.mts';
import { openEditor } from './host/editor.mts';
import { chain, manualTrigger } from './host/workflow.mts';
import { createReport } from './host/progress.mts';
import { EditorSteps } from './support/editorSteps.mts';
import type { Lab } from './support/lab.mts';
import {
	type NodeTypeName,
	CREDENTIAL_NAME,
	CREDENTIAL_TYPE,
	conversation,
	fishSpeechNode,
	synthesis,
} from './support/nodes.mts';
import { finish, orderLipSyncJob } from './support/otherClient.mts';
import { picture, pictureOfFailure } from './support/pictures.mts';
import { startLab } from './support/startLab.mts';

const TEXT = 'Good morning! Three things are worth your time today.';

const NODE_NAMES = [
	'FishSpeech Endpoint',
	'FishSpeech Lip Sync',
	'FishSpeech Profile',
	'FishSpeech Speech to Text',
	'FishSpeech Text to Speech',
	'FishSpeech Voices',
];

const SOON = { timeout: 60_000 };

/** n8n asks who is signed in before anybody is, and its answer stands in the console. */
const SIGNED_OUT = /401 \(Unauthorized\).*\/rest\/login/;

/** A panel of each node, filled in. */
const PANELS: ReadonlyArray<readonly [name: string, type: NodeTypeName, INodeParameters]> = [
	['Balance', 'fishSpeechProfile', { operation: 'checkBalance' }],
	['Job', 'fishSpeechTextToSpeech', synthesis(TEXT, { operation: 'createJob' })],
	['Dialogue', 'fishSpeechTextToSpeech', conversation({ subtitles: 'srt' })],
	['Listen', 'fishSpeechSpeechToText', { audioUrl: 'https://example.com/a.mp3', subtitles: 'srt' }],
	['Clone', 'fishSpeechVoices', { operation: 'create', name: 'Anna' }],
	[
		'Dub',
		'fishSpeechLipSync',
		{
			operation: 'createJob',
			videoUrl: 'https://example.com/a.mp4',
			audioUrl: 'https://example.com/a.mp3',
		},
	],
];

/** Each takes as long as the other: a submission is looked at in one of them, the nightly run in the other. */
const THEMES = z
	.array(z.enum(['light', 'dark']))
	.parse((process.env['EDITOR_THEMES'] ?? 'light').split(','));

let chromiumPath: string;
let lab: Lab;

beforeAll(async () => {
	chromiumPath = await ensureChromium(createReport());
	lab = await startLab({ ui: true, sandbox: { voice: 'spoken', usageHeaders: true } });
});

afterAll(async () => await lab?.[Symbol.asyncDispose]());

describe.each(THEMES)('the editor in its %s theme', (colorScheme) => {
	// Each path begins as on a fresh n8n.
	beforeEach(async () => {
		for (const credential of await lab.client.credentials())
			await lab.client.deleteCredential(credential);
	});

	async function credentialsWith(apiToken: string) {
		const data = { apiToken, baseUrl: lab.sandbox.baseUrl };
		const made = await lab.client.createCredential(CREDENTIAL_NAME, CREDENTIAL_TYPE, data);
		return { [CREDENTIAL_TYPE]: { id: made.id, name: made.name } };
	}

	async function open({ signedIn = true } = {}): Promise<EditorSteps> {
		const { client } = lab;
		const editor = await openEditor({ client, chromiumPath, colorScheme, signedIn });
		onTestFinished(async ({ task }) => {
			if (task.result?.state === 'fail') await pictureOfFailure(editor.page, task.name);
			await editor[Symbol.asyncDispose]();
			expect(editor.errors.filter((error) => !SIGNED_OUT.test(error))).toEqual([]);
		});
		return new EditorSteps(editor.page, client.baseUrl);
	}

	async function shoot({ page }: EditorSteps, name: string): Promise<void> {
		await picture(page, `docs/images/${name}-${colorScheme}.png`);
	}

	it('leads from signing in to speech that can be played', async () => {
		const steps = await open({ signedIn: false });
		await steps.signIn();
		await steps.startWorkflow();

		const found = await steps.search('FishSpeech');
		await expectNodes(steps, NODE_NAMES);
		await steps.expectIcons(found.first());
		await shoot(steps, 'node-panel');

		await steps.addAction('FishSpeech Text to Speech', 'Synthesize speech');
		await steps.createCredential({
			apiToken: lab.sandbox.token,
			baseUrl: lab.sandbox.baseUrl,
		});
		const dialog = await steps.openCredential();
		await dialog.getByText('Connection tested successfully').waitFor();
		await shoot(steps, 'credential');
		await steps.closeCredential();

		await steps.field('text').locator('textarea').fill(TEXT);
		await steps.pick('voiceId', 'Anna');
		await steps.executeStep();
		await steps.expectNoIssues();
		const output = steps.byId('output-panel');
		await output.getByText('audio/mpeg').first().waitFor();
		await shoot(steps, 'text-to-speech');

		await output.getByText('Binary', { exact: true }).click();
		await steps.byId('ndv-view-binary-data').click();
		const audio = steps.page.locator('audio');
		await audio.waitFor();
		await expect
			.poll(async () => await audio.evaluate((found: HTMLAudioElement) => found.duration), SOON)
			.toBeGreaterThan(1);
		await shoot(steps, 'text-to-speech-binary');
	});

	it('has a field for each value that the chosen endpoint takes', async () => {
		const credentials = await credentialsWith(lab.sandbox.token);
		const node = fishSpeechNode(
			'Paint',
			'fishSpeechEndpoint',
			{ operation: 'call' },
			{ credentials },
		);
		const workflow = await lab.client.createWorkflow(chain('Endpoint', [manualTrigger(), node]));
		const steps = await open();
		await steps.openWorkflow(workflow.id);
		await steps.openNode('Paint');
		await steps.pick('endpoint', 'POST /images/generations');

		const prompt = steps.field('body.prompt').locator('input, textarea').first();
		await prompt.fill('A lighthouse at night');
		await steps.executeStep();
		await steps.byId('output-panel').getByText('image/png').first().waitFor();
		const asked = lab.sandbox.control.requests('POST /images/generations').at(-1);
		expect(asked?.body).toEqual({ prompt: 'A lighthouse at night' });
		await shoot(steps, 'panel-endpoint');
	});

	it('shows the panel of each node without a red mark, with its icon', async () => {
		const { client } = lab;
		const credentials = await credentialsWith(lab.sandbox.token);
		const nodes = PANELS.map(([name, type, parameters]) =>
			fishSpeechNode(name, type, parameters, { credentials }),
		);
		const workflow = await client.createWorkflow(chain('Panels', [manualTrigger(), ...nodes]));
		const steps = await open();
		await steps.openWorkflow(workflow.id);
		await steps.expectNoIssues();
		for (const { name } of nodes) {
			await steps.openNode(name);
			const credential = steps.byId('node-credentials-select').locator('input');
			await expect.poll(async () => await credential.inputValue(), SOON).toBe(CREDENTIAL_NAME);
			await steps.expectNoIssues();
			await steps.expectIcons(steps.byId('ndv'));
			await shoot(steps, `panel-${name.toLowerCase()}`);
			await steps.closeNode();
		}
	});

	it('shows by Fetch Test Event what is missing, and then the newest job', async () => {
		const { client } = lab;
		const credentials = await credentialsWith(lab.sandbox.token);
		const parameters = { event: 'lipSyncJobFinished' };
		const trigger = fishSpeechNode('Finished', 'fishSpeechTrigger', parameters, { credentials });
		const workflow = await client.createWorkflow(chain('Trigger', [trigger]));
		await lab.sandbox.control.reset();
		const steps = await open();
		await steps.openWorkflow(workflow.id);
		await steps.openNode('Finished');
		await steps.expectNoIssues();
		const output = steps.byId('output-panel');
		await steps.byId('node-execute-button').first().click();
		await output.getByText('no finished lip sync job').first().waitFor();
		const job = finish(lab, 'lipSync', await orderLipSyncJob(lab, 'Ready to be seen.'));
		await steps.byId('node-execute-button').first().click();
		await output.getByText(job).first().waitFor();
		await shoot(steps, 'trigger');
	});

	it('says in the panel what went wrong and what to do', async () => {
		const { client } = lab;
		const credentials = await credentialsWith('wrong');
		const speak = fishSpeechNode('Speak', 'fishSpeechTextToSpeech', synthesis(TEXT), {
			credentials,
		});
		const workflow = await client.createWorkflow(chain('Failure', [manualTrigger(), speak]));
		const steps = await open();
		await steps.openWorkflow(workflow.id);
		await steps.openNode('Speak');
		await steps.byId('node-execute-button').click();
		const output = steps.byId('output-panel');
		await output.getByText(/401/).first().waitFor();
		await output.getByText(/token/i).first().waitFor();
		await shoot(steps, 'failure');
	});

	async function expectNodes(steps: EditorSteps, names: readonly string[]): Promise<void> {
		for (const name of names)
			await steps.byId('node-creator-item-name').filter({ hasText: name }).first().waitFor();
	}
});
