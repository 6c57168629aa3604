import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../sandbox/server.mts';
import { repositoryRoot } from '../support/engine/host.mts';
import {
	createEngine,
	type CredentialReference,
	type Engine,
	type RunResult,
	type WorkflowJson,
} from '../support/engine/index.mts';
import { progressLogger, say } from './progress.mts';

export const outputDirectory = path.join(repositoryRoot, 'demo-output');

/** Everything a step of the demo needs: the stand-in service, n8n's engine, and an account at the former. */
export interface Stage {
	readonly sandbox: Sandbox;
	readonly engine: Engine;
	readonly credential: CredentialReference;
	/** Runs a workflow file from its manual trigger, which emits `input`; throws what a user would read when it fails. */
	runFile(file: string, front?: string, input?: IDataObject): Promise<RunResult>;
	close(): Promise<void>;
}

/** One part of the demo. */
export interface Step {
	readonly title: string;
	run(stage: Stage): Promise<void>;
}

/** Starts the sandbox with its real voice and n8n's engine around the built package, in an empty output folder. */
export async function openStage(): Promise<Stage> {
	await rm(outputDirectory, { recursive: true, force: true });
	await mkdir(outputDirectory, { recursive: true });
	const sandbox = await startSandbox({ voice: 'spoken', jobDurationMs: 2_500, usageHeaders: true });
	const engine = await createEngine({ logger: progressLogger });
	await engine.serveInstance();
	say(`Sandbox listening at ${sandbox.baseUrl}, n8n-core ${engine.host.version} loaded.`);
	const { baseUrl, token: apiToken } = sandbox;
	const credential = engine.credential('fishSpeechApi', { apiToken, baseUrl });
	return {
		sandbox,
		engine,
		credential,
		runFile: async (file, front, input) => {
			const workflow = await readWorkflow(file);
			const trigger = workflow.nodes.find(({ type }) => type.endsWith('.manualTrigger'));
			const result = await engine.runWorkflow(workflow, {
				credentials: { fishSpeechApi: credential },
				startNode: trigger?.name,
				nodeName: front,
				...(trigger && input && { pinData: { [trigger.name]: [{ json: input }] } }),
			});
			if (result.status !== 'success')
				throw new Error(`${file}: ${result.error?.message} ${result.error?.description ?? ''}`);
			return result;
		},
		close: async () => {
			await engine.close();
			await sandbox.close();
		},
	};
}

/** `file` is relative to the repository. */
async function readWorkflow(file: string): Promise<WorkflowJson> {
	const workflow: WorkflowJson = JSON.parse(
		await readFile(path.join(repositoryRoot, file), 'utf8'),
	);
	return workflow;
}
