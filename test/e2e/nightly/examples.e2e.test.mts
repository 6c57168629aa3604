import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { packageOperations } from '../../support/packageOperations.mts';
import { publishClip, speak } from '../../support/lab/media.mts';
import { ensureChromium } from '../host/chromium.mts';
import { type Editor, openEditor } from '../host/editor.mts';
import { type Execution, type ExecutionItem, outputOf } from '../host/execution.mts';
import type { Workflow } from '../host/n8n-client.mts';
import { createReport } from '../host/progress.mts';
import { until } from '../host/until.mts';
import type { WorkflowDefinition } from '../host/workflow.mts';
import { EditorSteps } from '../support/editorSteps.mts';
import { readExamples, withCredential } from '../support/examples.mts';
import { expectPlayable } from '../support/files.mts';
import type { Lab } from '../support/lab.mts';
import { PACKAGE_NAME } from '../support/nodes.mts';
import { finish, makeVoice, orderLipSyncJob, orderSpeechJob } from '../support/otherClient.mts';
import { picture } from '../support/pictures.mts';
import { startLab } from '../support/startLab.mts';

const SPOKEN = 'Welcome to the show. Today we talk about fish.';

/** n8n polls once a minute. */
const LONGEST_POLL_MS = 100_000;

/** How each example is started, and what has to come of it. */
const STORIES: Readonly<Record<string, (run: ExampleRun) => Promise<void>>> = {
	'newsletter-to-speech': async (run) => {
		const rows = outputOf(await run.byHand('Run by Hand'), 'Speak Section');
		expect(rows.map(({ binary }) => binary?.['data']?.fileName)).toEqual([
			'1-welcome.mp3',
			'2-harbour.mp3',
			'3-library.mp3',
			'4-weather.mp3',
		]);
		await run.expectFiles(rows, 'data', 'audio/mpeg');
		expect(outputOf(await run.byHand('Every Morning'), 'Speak Section')).toHaveLength(4);
	},

	'newsletter-to-one-file': async (run) => {
		const rows = outputOf(await run.byHand('Run by Hand'), 'Speak Newsletter');
		expect(rows).toHaveLength(1);
		expect(rows[0]?.json['parts']).toBeGreaterThan(1);
		await run.expectFiles(rows, 'data', 'audio/mpeg');
	},

	'products-to-speech': async (run) => {
		const { control } = run.lab.sandbox;
		control.setBalances({ apiQuotaRemaining: 600 });
		// Half of the batch, although the balance looked good: each product costs 9.
		control.addFaults({
			match: { path: ENDPOINTS.synthesize, nth: 26, times: 'always' },
			do: { kind: 'status', status: 402, code: 'insufficient_credits' },
		});
		const poor = await run.byHand('Run by Hand');
		expect(outputOf(poor, 'Speak Product')).toHaveLength(25);
		expect(outputOf(poor, 'Billing Alert')[0]?.json['alert']).toMatch(/Add some/);
		expect(outputOf(poor, 'Balance After')).toHaveLength(1);

		control.clearFaults();
		control.setBalances({ apiQuotaRemaining: 10_000 });
		const rich = await run.byHand('Run by Hand');
		const rows = outputOf(rich, 'Speak Product');
		expect(rows).toHaveLength(50);
		expect(rows.filter(({ json }) => json['skipped'] === true)).toHaveLength(25);
		expect(new Set(control.charges().map(({ subject }) => subject)).size).toBe(50);
		expect(control.charges()).toHaveLength(50);

		control.setBalances({ apiQuotaRemaining: 10 });
		const broke = await run.byHand('Run by Hand');
		expect(outputOf(broke, 'Billing Alert')).toHaveLength(1);
		expect(control.charges()).toHaveLength(50);
	},

	'podcast-to-subtitles': async (run) => {
		const { url } = await speak(run.lab, SPOKEN);
		const rows = outputOf(await run.byForm('Episode Form', [url, 'en']), 'Transcribe Episode');
		expect(rows[0]?.json['text']).toBe(SPOKEN);
		await run.expectFiles(rows, 'subtitles', 'application/x-subrip');
	},

	'podcast-from-script': async (run) => {
		const execution = await run.byHand('Run by Hand');
		const rows = outputOf(execution, 'Speak Episode');
		await run.expectFiles(rows, 'data', 'audio/mpeg');
		await run.expectFiles(rows, 'subtitles', 'application/x-subrip');
		const asked = run.lab.sandbox.control.requests(ENDPOINTS.synthesize);
		const voices = asked.map(({ body }) => (body as { voiceId: string }).voiceId);
		expect(voices.toSorted()).toEqual([
			...Array.from({ length: 3 }, () => 'voice_anna'),
			...Array.from({ length: 3 }, () => 'voice_boris'),
		]);
		const [chapters] = outputOf(execution, 'Chapters');
		expect(String(chapters?.json['chapters']).split('\n')).toEqual(
			['Anna', 'Boris', 'Anna', 'Boris', 'Anna', 'Boris'].map((speaker) =>
				expect.stringMatching(new RegExp(`^00:\\d\\d:\\d\\d ${speaker}$`)),
			),
		);
		await run.expectFiles([chapters ?? { json: {} }], 'data', 'audio/mpeg');
	},

	'cover-picture-and-narration': async (run) => {
		const execution = await run.byHand('Run by Hand');
		const rows = outputOf(execution, 'For the CMS');
		expect(rows).toHaveLength(1);
		await run.expectFiles(rows, 'cover', 'image/png');
		await run.expectFiles(rows, 'narration', 'audio/mpeg');
		expect(run.lab.sandbox.control.requests(ENDPOINTS.createImage)[0]?.body).toEqual({
			prompt: 'A cover picture for an article: The lighthouse of Kvalsund',
			size: '512x512',
		});
		expect(outputOf(execution, 'What the Account Offers').length).toBeGreaterThan(12);
	},

	'captioned-narration': async (run) => {
		const execution = await run.byHand('Run by Hand');
		const rows = outputOf(execution, 'For the Video Tool');
		await run.expectFiles(rows, 'data', 'audio/mpeg');
		await run.expectFiles(rows, 'subtitles', 'application/x-subrip');
		const seconds = Number(outputOf(execution, 'Speak Narration')[0]?.json['durationSeconds']);
		expect(seconds).toBeGreaterThan(1);
		expect(rows[0]?.json).toMatchObject({
			durationSeconds: seconds,
			frames: Math.ceil(seconds * 25),
		});
	},

	'voice-assistant': async (run) => {
		const { bytes } = await speak(run.lab, SPOKEN);
		const answer = await run.byWebhook('Voice Message', bytes, 'audio/mpeg');
		expect(answer.status).toBe(200);
		expect(answer.headers.get('content-type')).toContain('audio/mpeg');
		await expectPlayable(Buffer.from(await answer.arrayBuffer()), 'audio/mpeg');
		const said = run.lab.sandbox.control.requests(ENDPOINTS.synthesize).at(-1)?.body;
		expect(said).toMatchObject({ text: `You said: ${SPOKEN}` });
	},

	'translated-dub': async (run) => {
		const { url } = await speak(run.lab, SPOKEN);
		const clip = await publishClip(run.lab);
		const rows = outputOf(await run.byForm('Video Form', [clip, url]), 'Move the Lips');
		expect(rows[0]?.json['state']).toBe('succeeded');
		await run.expectFiles(rows, 'data', 'video/mp4');
	},

	'crash-safe-jobs': async (run) => {
		const { control } = run.lab.sandbox;
		const ordered = await run.byHand('Order by Hand');
		expect(ordered.data.resultData.runData['Keep Job ID']).toHaveLength(3);
		const again = await run.byHand('Order by Hand');
		expect(again.data.resultData.runData).not.toHaveProperty('Keep Job ID');
		expect(control.charges()).toHaveLength(3);

		const collected = await run.byHand('Collect Every 15 Minutes');
		const rows = outputOf(collected, 'Wait for Speech');
		expect(rows).toHaveLength(3);
		await run.expectFiles(rows, 'data', 'audio/mpeg');
		const later = await run.byHand('Collect Every 15 Minutes');
		expect(outputOf(later, 'Open Jobs')).toEqual([]);
	},

	'voice-clone': async (run) => {
		const { bytes } = await speak(run.lab, SPOKEN);
		const recording = new File([new Uint8Array(bytes)], 'recording.mp3', { type: 'audio/mpeg' });
		const execution = await run.byForm('Recording Form', ['Emil', recording]);
		expect(outputOf(execution, 'Clone Voice')[0]?.json['name']).toBe('Emil');
		await run.expectFiles(outputOf(execution, 'Say Hello'), 'data', 'audio/mpeg');
	},

	'find-jobs-again': async (run) => {
		run.lab.sandbox.control.configure({ jobDurationMs: 3_000 });
		const finished = finish(run.lab, 'lipSync', await orderLipSyncJob(run.lab, SPOKEN));
		const running = await orderLipSyncJob(run.lab, `${SPOKEN} And again.`);
		const execution = await run.byHand('Run by Hand');
		for (const [name, jobId] of [
			['Get Video', finished],
			['Wait for Video', running],
		] as const) {
			const rows = outputOf(execution, name);
			expect(rows.map(({ json }) => json['jobId'])).toEqual([jobId]);
			await run.expectFiles(rows, 'data', 'video/mp4');
		}

		const speech = finish(run.lab, 'speech', await orderSpeechJob(run.lab, SPOKEN));
		const found = outputOf(await run.byForm('Speech Job Form', [speech]), 'Get Speech');
		await run.expectFiles(found, 'data', 'audio/mpeg');
	},

	'publish-finished-dubs': async (run) => {
		run.lab.sandbox.control.configure({ jobDurationMs: 3_600_000 });
		const { url } = await speak(run.lab, SPOKEN);
		const clip = await publishClip(run.lab);
		const ordered = outputOf(await run.byForm('Video Form', [clip, url]), 'Order Dub');
		expect(ordered[0]?.json['state']).toBe('running');
		const jobId = finish(run.lab, 'lipSync', String(ordered[0]?.json['jobId']));
		const rows = outputOf(await run.byItself(), 'Publish');
		expect(rows.map(({ json }) => json['jobId'])).toEqual([jobId]);
		await run.expectFiles(rows, 'data', 'video/mp4');
	},

	'billing-alert': async (run) => {
		run.lab.sandbox.control.setBalances({ apiQuotaRemaining: 900 });
		const rows = outputOf(await run.byHand('Quota Below'), 'Billing Alert');
		expect(rows[0]?.json['alert']).toContain('has 900 of its API quota left');
	},

	'look-after-account': async (run) => {
		const { control } = run.lab.sandbox;
		const unused = await makeVoice(run.lab, 'Trial of Emil');
		const used = await makeVoice(run.lab, 'trial of Mia');
		control.markVoiceInUse(used);
		const execution = await run.byHand('Run by Hand');
		expect(outputOf(execution, 'Deleted').map(({ json }) => json)).toEqual([
			{ deleted: true, voiceId: unused },
		]);
		expect(outputOf(execution, 'Still in Use')[0]?.json['details']).toMatchObject({
			reason: 'conflict',
		});
		expect(control.voices().map(({ id }) => id)).toContain(used);

		const url = 'https://n8n.example.com/webhook/fishspeech';
		const rows = outputOf(await run.byForm('Webhook Form', [url]), 'Set Webhook');
		expect(rows[0]?.json['updated']).toBe(true);
	},
};

/** One example in n8n, imported and ready to be started. */
class ExampleRun {
	constructor(
		readonly lab: Lab,
		private readonly definition: WorkflowDefinition,
		private readonly workflow: Workflow,
	) {}

	async byHand(triggerName: string): Promise<Execution> {
		const { client } = this.lab;
		const id = await client.startManually(this.workflow, triggerName);
		return this.succeeded(await client.endOf(id));
	}

	async byForm(triggerName: string, fields: ReadonlyArray<string | File>): Promise<Execution> {
		const { client } = this.lab;
		const trigger = this.definition.nodes.find(({ name }) => name === triggerName);
		await client.activate(this.workflow);
		const path = trigger?.webhookId ?? '';
		return this.succeeded(
			await client.endOf(await client.startByForm(this.workflow, path, fields)),
		);
	}

	/** The execution that a trigger of the active workflow starts at its next poll. */
	async byItself(): Promise<Execution> {
		const { client } = this.lab;
		const known = new Set((await client.executionsOf(this.workflow)).map(({ id }) => id));
		const id = await until('an execution by the trigger', LONGEST_POLL_MS, async () => {
			return (await client.executionsOf(this.workflow)).find((found) => !known.has(found.id))?.id;
		});
		return this.succeeded(await client.endOf(id));
	}

	/** Sends a file to a webhook and returns what the workflow answers. */
	async byWebhook(triggerName: string, file: Buffer, mimeType: string): Promise<Response> {
		const { client } = this.lab;
		await client.activate(this.workflow);
		const trigger = this.definition.nodes.find(({ name }) => name === triggerName);
		return await fetch(`${client.baseUrl}/webhook/${String(trigger?.parameters['path'])}`, {
			method: 'POST',
			headers: { 'content-type': mimeType },
			body: new Uint8Array(file),
		});
	}

	async expectFiles(
		rows: readonly ExecutionItem[],
		field: string,
		mimeType: string,
	): Promise<void> {
		expect(rows.length).toBeGreaterThan(0);
		for (const { binary } of rows) {
			const file = binary?.[field];
			if (file === undefined) throw new Error(`There is no file in "${field}"`);
			await expectPlayable(await this.lab.client.binary(file), mimeType);
		}
	}

	private succeeded(execution: Execution): Execution {
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	}
}

describe('the examples', () => {
	let lab: Lab;
	let editor: Editor;

	beforeAll(async () => {
		const chromiumPath = await ensureChromium(createReport());
		lab = await startLab({ ui: true });
		editor = await openEditor({ client: lab.client, chromiumPath, colorScheme: 'light' });
	});

	beforeEach(async () => await lab.sandbox.control.reset());

	afterAll(async () => {
		await editor?.[Symbol.asyncDispose]();
		await lab?.[Symbol.asyncDispose]();
	});

	it('are the ones that this file runs', async () => {
		const names = (await readExamples()).map(({ name }) => name);
		expect(names).toEqual(Object.keys(STORIES).sort());
	});

	it('use every operation of the package', async () => {
		const used = (await readExamples()).flatMap(({ workflow }) =>
			workflow.nodes.flatMap(({ type, parameters }) =>
				type.startsWith(`${PACKAGE_NAME}.`) && parameters['operation'] !== undefined
					? [`${type.slice(PACKAGE_NAME.length + 1)}.${String(parameters['operation'])}`]
					: [],
			),
		);
		expect([...new Set(used)].sort()).toEqual(packageOperations());
	});

	for (const [name, story] of Object.entries(STORIES)) {
		it(
			`run as imported: ${name}`,
			async () => {
				const example = (await readExamples()).find((candidate) => candidate.name === name);
				if (example === undefined) throw new Error(`There is no example "${name}"`);
				const definition = withCredential(example.workflow, lab.credentials);
				const workflow = await lab.client.createWorkflow(definition);
				await story(new ExampleRun(lab, definition, workflow));
				await showInEditor(name, workflow);
			},
			2 * LONGEST_POLL_MS,
		);
	}

	async function showInEditor(name: string, { id }: Workflow): Promise<void> {
		const steps = new EditorSteps(editor.page, lab.client.baseUrl);
		await steps.openWorkflow(id);
		await steps.expectNoIssues();
		await picture(editor.page, `examples/${name}.png`);
	}
});
