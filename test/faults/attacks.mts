import type { INodeParameters } from 'n8n-workflow';
import type { RunResult } from '../support/engine/index.mts';
import {
	createJob,
	failureOf,
	openedLedgerOf,
	rowsOf,
	startLab,
	synthesize,
	type Lab,
	type LabOptions,
} from '../support/lab/index.mts';
import { operationCalled } from './operations.mts';
import type { Prepared } from './phases.mts';
import { Random } from './random.mts';
import { someFaults } from './walk.mts';

const NODE = 'fishSpeechTextToSpeech';
const WORKFLOW = 'workflow-1';
const ITEMS = 30;
const MOST_RETRIES = 40;
const DAY_MS = 24 * 3_600_000;
/** By then, an account that was asked to stay away may ask again. */
const LATER_MS = 6 * 60_000;
const CALLS = { concurrency: 4, requestTimeoutSeconds: 40, waitTimeoutSeconds: 120 };

/** One line for each broken promise. */
type Broken = string[];

/** A way of using the package in which one call in ten goes wrong. */
export interface Attack {
	readonly name: string;
	run(seed: number): Promise<Broken>;
}

interface Scene {
	readonly lab: Lab;
	readonly random: Random;
	readonly prepared: readonly Prepared[];
	readonly broken: Broken;
}

function attack(
	name: string,
	play: (scene: Scene) => Promise<void>,
	engine: LabOptions['engine'] = {},
): Attack {
	return {
		name,
		async run(seed) {
			const random = new Random(seed);
			const lab = await startLab({ engine });
			const broken: Broken = [];
			try {
				lab.control.configure({ jobDurationMs: 1_500, mediaLifetimeMs: 365 * DAY_MS });
				const prepared = await operationCalled('synthesize as a file').prepare(lab, ITEMS);
				lab.control.addFaults(...someFaults(random));
				await play({ lab, random, prepared, broken });
			} finally {
				await lab.close();
			}
			return broken;
		},
	};
}

const itemsOf = ({ prepared }: Scene) => prepared.map(({ item }) => item);

function boughtOf({ lab }: Scene, subject: string | undefined): number {
	return lab.control.charges().filter((charge) => charge.subject === subject).length;
}

/** Says which items were bought more often than their users were told. */
function expectBought(scene: Scene, allowed: (index: number) => number, when: string): void {
	for (const [index, { subject }] of scene.prepared.entries()) {
		const bought = boughtOf(scene, subject);
		if (bought > allowed(index))
			scene.broken.push(`${when}: item ${index} was bought ${bought} times`);
	}
}

/** Each done row of an execution holds the audio of its own item. */
async function expectFiles(scene: Scene, result: RunResult, field = 'data'): Promise<void> {
	const { lab, prepared, broken } = scene;
	for (const row of rowsOf(result)) {
		const file = row.binary?.[field];
		const index = pairedWith(row.pairedItem);
		if (file === undefined) continue;
		const bytes = await lab.engine.binary.read(row, field);
		if (!bytes.equals(prepared[index]?.file ?? Buffer.alloc(0)))
			broken.push(`item ${index} has another file than the service made`);
	}
}

function pairedWith(paired: ReturnType<typeof rowsOf>[number]['pairedItem']): number {
	return typeof paired === 'object' && 'item' in paired ? paired.item : -1;
}

/** Two processes run the same workflow over the same items, at the same moment, on a slow database. */
const overlapping = attack('two executions at once with the same once keys', async (scene) => {
	const { lab, random, prepared, broken } = scene;
	const { runtime } = lab.engine.runtimeModule();
	lab.engine.deduplication.pace = {
		read: async () => await runtime.sleep(random.below(200)),
		write: async () => await runtime.sleep(random.below(600)),
	};
	const told = new Set<number>();
	const delivered = new Set<number>();
	const run = async (process: number, isLast: boolean) => {
		const result = await lab.run(
			NODE,
			synthesize({ options: { ...CALLS, onceKey: '={{ $json.text }}' } }),
			{
				items: itemsOf(scene),
				nodeId: `node-1@${process}`,
				settings: { onError: 'continueRegularOutput', retryOnFail: !isLast, maxTries: 3 },
			},
		);
		await expectFiles(scene, result);
		for (const { json, pairedItem } of rowsOf(result)) {
			const index = pairedWith(pairedItem);
			if (JSON.stringify(json).includes('"outcomeUnknown":true')) told.add(index);
			else if (json.textHash !== undefined) delivered.add(index);
			else if (json.skipped !== true && isLast)
				broken.push(`item ${index} ended as ${JSON.stringify(json)}`);
		}
	};
	for (let round = 0; round < 3; round++) await Promise.all([run(1, false), run(2, false)]);
	lab.control.clearFaults();
	lab.clock?.skip(LATER_MS);
	await run(1, true);
	expectBought(scene, () => 1, 'after all');
	for (const [index, { subject }] of prepared.entries()) {
		const isKnown = told.has(index) || delivered.has(index);
		if (!isKnown) broken.push(`item ${index} ("${subject}") was neither delivered nor told of`);
	}
});

/** A model calls the node many times at once; n8n tries each call again and again. */
function toolCalls(host: 'runAsOlderTool' | 'callOverMcp'): Attack {
	return attack(`calls of a tool at once, by ${host}`, async (scene) => {
		const { lab, random, prepared, broken } = scene;
		const operation = random.pick([createJob, synthesize]);
		const { answers } = await lab.engine[host]({
			node: NODE,
			nodeName: 'Speak',
			credential: lab.credential,
			parameters: operation({ text: "={{ $fromAI('text') }}", options: CALLS }),
			settings: { retryOnFail: true, maxTries: 5 },
			calls: [prepared.map(({ subject = '' }) => ({ text: subject }))],
		});
		expectBought(scene, () => 1, 'after all calls');
		for (const [index, answer] of answers.entries()) {
			const isPaid = boughtOf(scene, prepared[index]?.subject) > 0;
			const isTold =
				'observation' in answer || /may have been charged|paid for|job/i.test(answer.error);
			if (isPaid && !isTold)
				broken.push(`call ${index} was paid, and its error hides it: ${JSON.stringify(answer)}`);
		}
	});
}

/** Nothing can be taken from the store here, so the process itself must keep what is done. */
const inMemory = attack(
	'n8n’s tries in memory mode',
	async (scene) => {
		const { lab, random } = scene;
		const parameters = random.pick([
			synthesize({ options: CALLS }),
			synthesize({ delivery: 'fileViaUrl', options: CALLS }),
			synthesize({ options: { ...CALLS, onceKey: '={{ $json.text }}' } }),
			createJob({ options: CALLS }),
		]);
		const settings = { retryOnFail: true, maxTries: 5 };
		const result = await lab.run(NODE, parameters, { items: itemsOf(scene), settings });
		await expectFiles(scene, result);
		expectBought(scene, () => 1, 'within one execution');
	},
	{ binaryMode: 'default' },
);

/** Told that it may have been charged, or that what was paid for can no longer be had: Retry may buy it again. */
const MAY_BUY_AGAIN = /"outcomeUnknown":true|has been deleted since|no longer opens/;

function toldItems(result: RunResult): Set<number> {
	const items = Object.entries(openedLedgerOf(result)).flatMap(([key, entry]) =>
		MAY_BUY_AGAIN.test(JSON.stringify(entry)) ? [Number(key.split('.')[1])] : [],
	);
	return new Set(items);
}

type Change = (changes: INodeParameters) => INodeParameters;

/** Before each Retry the user changes how rows look, or deletes the failed execution with its files. */
function restlessUser(name: string, changed: Change, variants: readonly INodeParameters[]): Attack {
	return attack(`Retry with changed parameters and vanished files: ${name}`, async (scene) => {
		const { lab, random, broken } = scene;
		const told = new Map<number, number>();
		let field = 'data';
		const parameters = () => {
			field = random.pick(['data', 'speech']);
			return changed({ ...random.pick(variants), outputBinaryField: field, options: CALLS });
		};
		const settings = { retryOnFail: true, maxTries: 2 };
		let result = await lab.run(NODE, parameters(), { items: itemsOf(scene), settings });
		for (let retries = 0; result.status === 'error' && retries < MOST_RETRIES; retries++) {
			expectBought(scene, (index) => 1 + (told.get(index) ?? 0), `before Retry ${retries + 1}`);
			for (const index of toldItems(result)) told.set(index, (told.get(index) ?? 0) + 1);
			if (random.chance(0.3)) await lab.engine.binary.deleteExecution(WORKFLOW, result.executionId);
			if (retries > MOST_RETRIES / 2) lab.control.clearFaults();
			lab.clock?.skip(LATER_MS);
			result = await lab.engine.retry(result, { parameters: parameters() });
		}
		expectBought(scene, (index) => 1 + (told.get(index) ?? 0), 'after all');
		if (result.status === 'error') broken.push(`never done: ${failureOf(result).error}`);
		await expectFiles(scene, result, field);
		const rows = rowsOf(result);
		const fields = new Set(rows.map(({ binary }) => Object.keys(binary ?? {}).join()));
		if (fields.size > 1) broken.push(`mixed rows, with the files ${[...fields].join(' and ')}`);
	});
}

export const ATTACKS: readonly Attack[] = [
	overlapping,
	toolCalls('runAsOlderTool'),
	toolCalls('callOverMcp'),
	inMemory,
	restlessUser('synthesize', synthesize, [{ simplify: true }, { simplify: false }]),
	restlessUser('synthesize via a URL', synthesize, [
		{ delivery: 'fileViaUrl', simplify: true },
		{ delivery: 'fileViaUrl', simplify: false },
	]),
	restlessUser('createJob', createJob, [
		{},
		{ waitForCompletion: false },
		{ downloadAudio: false },
		{ simplify: false },
	]),
];
