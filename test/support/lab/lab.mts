import type { INodeParameters } from 'n8n-workflow';
import {
	startSandbox,
	type Control,
	type Sandbox,
	type SandboxOptions,
} from '../../sandbox/server.mts';
import { unpackAceData } from './aceDataPackage.mts';
import {
	createEngine,
	type ActiveTrigger,
	type CredentialReference,
	type Engine,
	type EngineOptions,
	type FastClock,
	type NodeRun,
	type RunResult,
	type TriggerNode,
} from '../engine/index.mts';

export interface LabOptions {
	/** Whose package and credential; the second one is unpacked from the tarball of `npm run acedata`. */
	readonly service?: 'fishSpeech' | 'aceData';
	readonly engine?: EngineOptions;
	readonly sandbox?: SandboxOptions;
	/** `fast` (the default) makes the package's waits free and lets the sandbox share their time; `real` waits. */
	readonly clock?: 'fast' | 'real';
	/** n8n answers its signed URLs, for a service that reads private files. */
	readonly servesFiles?: boolean;
}

/** What a run is besides its node and its parameters. */
export type LabRun = Omit<NodeRun, 'node' | 'parameters'>;

export interface Lab {
	readonly engine: Engine;
	readonly sandbox: Sandbox;
	readonly control: Control;
	readonly credential: CredentialReference;
	/** Absent with `clock: 'real'`. */
	readonly clock: FastClock | undefined;
	/** Runs one node over items (one empty item by default) with the lab's credential. */
	run(node: string, parameters: INodeParameters, run?: LabRun): Promise<RunResult>;
	/** A FishSpeech Trigger with the lab's credential, not yet active. */
	trigger(parameters: INodeParameters, about?: Partial<TriggerNode>): ActiveTrigger;
	/** The sandbox as after its start, and empty logs. */
	reset(): Promise<void>;
	close(): Promise<void>;
}

/** By then, the package has forgotten what it knew of the account's limit. */
const FORGETTING_MS = 60 * 60_000;

/** Starts all of it; one lab at a time in a process. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
	const isAceData = options.service === 'aceData';
	const aceData = isAceData ? await unpackAceData() : undefined;
	const engine = await createEngine({ packageDir: aceData?.directory, ...options.engine });
	const clock = options.clock === 'real' ? undefined : engine.useFastClock();
	const sandbox = await startSandbox({ now: clock?.now, ...options.sandbox });
	if (options.servesFiles === true) await engine.serveInstance();
	const { control, token } = sandbox;
	const credential = isAceData
		? engine.credential('aceDataCloudApi', { apiToken: token, baseUrl: sandbox.origin })
		: engine.credential('fishSpeechApi', { apiToken: token, baseUrl: sandbox.baseUrl });
	return {
		engine,
		sandbox,
		control,
		credential,
		clock,
		run: async (node, parameters, run = {}) =>
			await engine.run({ credential, ...run, node, parameters }),
		trigger: (parameters, about = {}) =>
			engine.trigger({ node: 'fishSpeechTrigger', credential, ...about, parameters }),
		reset: async () => {
			await control.reset();
			engine.deduplication.clear();
			engine.clearLogs();
			clock?.skip(FORGETTING_MS);
		},
		close: async () => {
			// The engine first: nothing of a run may outlive the service that it talks to.
			await engine.close();
			await sandbox.close();
			await aceData?.remove();
		},
	};
}
