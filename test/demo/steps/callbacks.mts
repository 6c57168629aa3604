import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packAceData } from '../../acedata/assemble/pack.mts';
import { startSandbox } from '../../sandbox/server.mts';
import { createEngine } from '../../support/engine/index.mts';
import { ACEDATA_NODE, generateAudio } from '../../support/lab/aceDataParameters.mts';
import { unpackInto } from '../../verify/packed.mts';
import { progressLogger, say } from '../progress.mts';
import { playingSeconds, saveFile, showTable, type Cell } from '../results.mts';

const TEXTS = [
	'The harbour is open again.',
	'The library lends umbrellas now.',
	'Tomorrow it will rain, but not here.',
];

/** The second package, in an engine of its own: an execution that sleeps until the service calls back. */
export const callbacks = {
	title: 'The second package: an execution that sleeps until the service calls back',

	async run(): Promise<void> {
		const folder = await mkdtemp(path.join(tmpdir(), 'acedata-demo-'));
		const sandbox = await startSandbox({ voice: 'spoken', jobDurationMs: 10_000 });
		try {
			const packageDir = path.join(folder, 'package');
			await unpackInto(await packAceData(folder), packageDir);
			const engine = await createEngine({ packageDir, logger: progressLogger });
			try {
				const waiting = await engine.serveWaiting();
				const { origin: baseUrl, token: apiToken } = sandbox;
				const asleep = await engine.run({
					node: ACEDATA_NODE,
					parameters: generateAudio({ waitMode: 'callback' }),
					credential: engine.credential('aceDataCloudApi', { apiToken, baseUrl }),
					settings: { onError: 'continueRegularOutput' },
					items: TEXTS.map((text) => ({ json: { text } })),
				});
				say(
					`The execution is ${asleep.status}: nothing of it runs until ${new Date(asleep.run.waitTill ?? 0).toISOString()}.`,
				);
				waiting.add(asleep);
				const result = await waiting.woken(asleep);
				say(
					`Woken by ${sandbox.control.callbacks().length} callbacks, the execution is ${result.status}.`,
				);
				const rows: Cell[][] = [];
				for (const [item, row] of (result.outputs[0] ?? []).entries()) {
					const file = await saveFile({ engine }, row, `callbacks/${item}`);
					const seconds = await playingSeconds(file);
					rows.push([item, String(row.json['taskId']), `${seconds.toFixed(1)} s`, file.name]);
				}
				if (rows.length !== TEXTS.length)
					throw new Error(`${rows.length} rows came of ${TEXTS.length} texts`);
				showTable(['Item', 'Task', 'Duration', 'File'], rows);
			} finally {
				await engine.close();
			}
		} finally {
			await sandbox.close();
			await rm(folder, { recursive: true, force: true });
		}
	},
};
