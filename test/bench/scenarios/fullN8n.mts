import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import { lastRunOf, outputOf } from '../../e2e/host/execution.mts';
import { N8nClient } from '../../e2e/host/n8n-client.mts';
import { N8nServer } from '../../e2e/host/n8n-server.mts';
import { packPackage } from '../../e2e/host/package.mts';
import { ensureRuntime } from '../../e2e/host/runtime.mts';
import { chain, manualTrigger, START_NODE } from '../../e2e/host/workflow.mts';
import {
	CREDENTIAL_NAME,
	CREDENTIAL_TYPE,
	fishSpeechNode,
	fixedJson,
	splitOut,
	synthesis,
} from '../../e2e/support/nodes.mts';
import { interleaved, medianOf } from '../measure.mts';
import { httpRequestNode, TOKEN } from '../nodes/httpRequestNode.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { baseUrlOf, type Behaviour } from '../server/behaviour.mts';
import { startServer } from '../server/startServer.mts';
import { textItems } from '../workbench.mts';

const ITEMS = 200;
const TIMEOUT_MS = 120_000;

/** What n8n says of the node's run. */
interface NodeTime {
	readonly wallMs: number;
	readonly failedItems: number;
}

export const fullN8n: Scenario = {
	name: 'full n8n',
	isOptional: true,
	run: async ({ rounds }): Promise<Figure[]> =>
		await withFullN8n(async ({ speak, request }): Promise<Figure[]> => {
			const steady = { latencyMs: 100, bytes: 200 * 1024, requestsPerSecond: 0 };
			const { ours, theirs } = await interleaved(rounds, {
				ours: async () => await speak(steady, ITEMS),
				theirs: async () => await request(steady),
			});
			const limited = { latencyMs: 100, bytes: 20 * 1024, requestsPerSecond: 20 };
			const rationed = { ours: await speak(limited, 20), theirs: await request(limited) };
			const oursMs = medianOf(ours, ({ wallMs }) => wallMs);
			const theirsMs = medianOf(theirs, ({ wallMs }) => wallMs);
			return [
				{
					name: 'wall time at concurrency 200, of the HTTP Request node',
					value: oursMs / theirsMs,
					unit: '×',
					limit: { atMost: 1 },
					beside: { 'this package ms': oursMs, 'HTTP Request ms': theirsMs },
				},
				{
					name: 'failed items of 200 at 20 requests/s',
					value: rationed.ours.failedItems,
					unit: '',
					limit: { atMost: 0 },
					beside: { 'HTTP Request': rationed.theirs.failedItems },
				},
			];
		}),
};

interface FullN8n {
	speak(behaviour: Omit<Behaviour, 'run'>, concurrency: number): Promise<NodeTime>;
	request(behaviour: Omit<Behaviour, 'run'>): Promise<NodeTime>;
}

/** The n8n of the end-to-end suites, with the package as it would be published. */
async function withFullN8n<T>(work: (n8n: FullN8n) => Promise<T>): Promise<T> {
	const folder = await mkdtemp(path.join(tmpdir(), 'bench-package-'));
	const service = await startServer();
	const runtime = await ensureRuntime(console.error);
	const packageArchive = await packPackage(folder);
	const env = { N8N_LOG_LEVEL: 'error' };
	const server = await N8nServer.start({ runtime, packageArchive, env });
	let runs = 0;
	try {
		const client = await N8nClient.signIn(server.baseUrl);
		const timeOf = async (measured: INode): Promise<NodeTime> => {
			const texts = textItems(ITEMS).map(({ json }) => json);
			const workflow = await client.createWorkflow(
				chain(`Bench ${measured.name}`, [
					manualTrigger(),
					fixedJson('Texts', { texts }),
					splitOut('Items', 'texts'),
					{ ...measured, onError: 'continueRegularOutput' },
				]),
			);
			const execution = await client.endOf(
				await client.startManually(workflow, START_NODE),
				TIMEOUT_MS,
			);
			const rows = outputOf(execution, measured.name);
			if (rows.length !== ITEMS) throw new Error(`${measured.name} returned ${rows.length} rows`);
			const { executionTime } = lastRunOf(execution, measured.name);
			await client.deleteExecution(execution);
			return {
				wallMs: Number(executionTime),
				failedItems: rows.filter(({ json }) => json['error'] !== undefined).length,
			};
		};
		const addressOf = (behaviour: Omit<Behaviour, 'run'>) =>
			baseUrlOf(service.origin, { ...behaviour, run: `full${++runs}` });
		return await work({
			speak: async (behaviour, concurrency) => {
				const { id, name } = await client.createCredential(CREDENTIAL_NAME, CREDENTIAL_TYPE, {
					apiToken: `${TOKEN}-${runs}`,
					baseUrl: addressOf(behaviour),
				});
				const parameters = synthesis('={{ $json.text }}', { options: { concurrency } });
				const credentials = { [CREDENTIAL_TYPE]: { id, name } };
				return await timeOf(
					fishSpeechNode('Speak', 'fishSpeechTextToSpeech', parameters, { credentials }),
				);
			},
			request: async (behaviour) =>
				await timeOf(httpRequestNode(`${addressOf(behaviour)}/speech/tts`)),
		});
	} finally {
		await server.close();
		service.close();
		await rm(folder, { recursive: true, force: true });
	}
}
