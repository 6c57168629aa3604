import type { IDataObject, INodeParameters } from 'n8n-workflow';
import {
	createEngine,
	type Engine,
	type InputItem,
	type RunResult,
} from '../support/engine/index.mts';
import { measured, type Sample } from './measure.mts';
import { bareLoop } from './nodes/bareLoop.mts';
import { emptyNodeLike } from './nodes/emptyNode.mts';
import { helperAtOnce, helperLoop } from './nodes/helperLoop.mts';
import { joinNode } from './nodes/joinNodes.mts';
import { storeNode } from './nodes/storeNode.mts';
import { baseUrlOf, type Behaviour } from './server/behaviour.mts';
import { startServer, type BenchServer } from './server/startServer.mts';

export interface Work extends Partial<Omit<Behaviour, 'run'>> {
	readonly items: number;
	readonly concurrency: number;
	/** Over TLS, 20 ms away. */
	readonly isDistant?: boolean;
}

/** A run with what it cost and what the server saw of it. */
export interface Measured extends Sample {
	readonly result: RunResult;
	readonly failedItems: number;
	readonly requests: number;
	readonly connections: number;
}

type Rival = 'bareLoop' | 'helperLoop' | 'helperAtOnce';

const NODE = 'fishSpeechTextToSpeech';
const SPEAKERS = ['Anna', 'Ben'];
const RIVALS = { bareLoop, helperLoop, helperAtOnce };

/** n8n's engine with our nodes and their rivals, beside a server process. */
export class Workbench {
	private runs = 0;

	private constructor(
		readonly engine: Engine,
		private readonly server: BenchServer,
	) {}

	static async open(): Promise<Workbench> {
		const server = await startServer();
		const engine = await createEngine();
		for (const [name, node] of Object.entries(RIVALS)) engine.registerNode(`bench.${name}`, node);
		engine.registerNode('bench.joinNode', joinNode);
		engine.registerNode('bench.storeNode', storeNode);
		const { type } = engine.loader.getNode(NODE);
		if ('nodeVersions' in type) throw new Error(`${NODE} has become a versioned node`);
		engine.registerNode('bench.emptyNode', emptyNodeLike(type));
		return new Workbench(engine, server);
	}

	/** Synthesize over `work.items` items, the text by an expression. */
	async ours(work: Work, options: IDataObject = {}): Promise<Measured> {
		const { behaviour, credential } = this.ownAccount(work);
		const parameters = ourParameters({ concurrency: work.concurrency, ...options });
		return await this.measure(work, behaviour, { node: NODE, parameters, credential });
	}

	/** Dialogue over one item with `work.items` lines, spoken by two voices. */
	async dialogue(work: Work): Promise<Measured> {
		const { behaviour, credential } = this.ownAccount(work);
		const lines = textItems(work.items).map(({ json }, index) => ({
			speaker: SPEAKERS[index % SPEAKERS.length] ?? '',
			text: json.text,
		}));
		const parameters: INodeParameters = {
			operation: 'dialogue',
			lines: JSON.stringify(lines),
			speakers: {
				speaker: SPEAKERS.map((name) => ({
					name,
					voiceId: { __rl: true, mode: 'id', value: `voice_${name}` },
				})),
			},
			format: 'mp3',
			options: { concurrency: work.concurrency },
		};
		const run = { node: NODE, parameters, credential };
		return await this.measure(work, behaviour, run, [{ json: {} }]);
	}

	async rival(name: Rival, work: Work): Promise<Measured> {
		const { behaviour, origin } = this.prepare(work);
		const parameters = {
			url: `${baseUrlOf(origin, behaviour)}/speech/tts`,
			token: `token-${behaviour.run}`,
			concurrency: work.concurrency,
		};
		return await this.measure(work, behaviour, { node: `bench.${name}`, parameters });
	}

	/** Reading the parameters alone. */
	async empty(work: Work): Promise<Measured> {
		const parameters = ourParameters({ concurrency: work.concurrency });
		const { behaviour } = this.prepare(work);
		return await this.measure(work, behaviour, { node: 'bench.emptyNode', parameters });
	}

	/** Size of what a batch leaves in the execution's data when its last item fails and n8n will run it again. */
	async ledgerBytesPerRow(work: Work): Promise<number> {
		const { behaviour, origin } = this.prepare(work);
		const baseUrl = baseUrlOf(origin, behaviour);
		const credential = this.engine.credential('fishSpeechApi', { apiToken: 'ledger', baseUrl });
		const result = await this.engine.run({
			node: NODE,
			parameters: ourParameters({ concurrency: work.concurrency }),
			credential,
			items: [...textItems(work.items), { json: { text: '' } }],
			settings: { onError: 'continueRegularOutput' },
		});
		await this.engine.binary.deleteExecution('workflow-1', result.executionId);
		return JSON.stringify(result.contextData).length / work.items;
	}

	async close(): Promise<void> {
		await this.engine.close();
		this.server.close();
	}

	/** What the account gate learns in one run must not help the next. */
	private ownAccount(work: Work) {
		const { behaviour, origin } = this.prepare(work);
		const baseUrl = baseUrlOf(origin, behaviour);
		const apiToken = `token-${behaviour.run}`;
		return {
			behaviour,
			credential: this.engine.credential('fishSpeechApi', { apiToken, baseUrl }),
		};
	}

	private prepare({
		latencyMs = 0,
		bytes = 20 * 1024,
		requestsPerSecond = 0,
		isDistant = false,
	}: Work): { behaviour: Behaviour; origin: string } {
		const behaviour = { run: `run${++this.runs}`, latencyMs, bytes, requestsPerSecond };
		const { origin, distantOrigin } = this.server;
		return { behaviour, origin: isDistant ? distantOrigin : origin };
	}

	private async measure(
		work: Work,
		behaviour: Behaviour,
		run: Pick<Parameters<Engine['run']>[0], 'node' | 'parameters' | 'credential'>,
		items: InputItem[] = textItems(work.items),
	): Promise<Measured> {
		const settings = { onError: 'continueRegularOutput' } as const;
		const results: RunResult[] = [];
		const sample = await measured(async () => {
			results.push(await this.engine.run({ ...run, items, settings }));
		});
		const [result] = results;
		if (result === undefined || result.status !== 'success' || result.rows.length !== items.length)
			throw new Error(`${run.node}: ${result?.error?.message ?? 'rows are missing'}`);
		await this.engine.binary.deleteExecution('workflow-1', result.executionId);
		this.engine.clearLogs();
		const failedItems = result.rows.filter(({ error }) => error !== undefined).length;
		return { ...sample, result, failedItems, ...(await this.server.statistics(behaviour)) };
	}
}

/** The parameters of a node that speaks the input's `text`. */
export function ourParameters(options: IDataObject): INodeParameters {
	return {
		operation: 'synthesize',
		text: '={{ $json.text }}',
		voiceId: { __rl: true, mode: 'id', value: 'voice_123' },
		format: 'mp3',
		delivery: 'file',
		outputBinaryField: 'data',
		simplify: true,
		options: options as INodeParameters,
	};
}

export function textItems(count: number): Array<{ json: { text: string } }> {
	return Array.from({ length: count }, (_, index) => ({
		json: { text: `Item ${index} of the newsletter, which somebody wants to hear on the way.` },
	}));
}

/** Opens a workbench for the time of `work`. */
export async function withWorkbench<T>(work: (bench: Workbench) => Promise<T>): Promise<T> {
	const bench = await Workbench.open();
	try {
		return await work(bench);
	} finally {
		await bench.close();
	}
}
