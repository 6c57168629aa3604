import { Account } from './account.mts';
import { CallbackSender } from './acedata/callbacks.mts';
import { FaultBook } from './faults.mts';
import { JobStore } from './jobs.mts';
import { FileStore } from './media/files.mts';
import {
	startingBalances,
	startingBehaviour,
	withChanges,
	type Behaviour,
	type BehaviourChanges,
	type SandboxOptions,
} from './options.mts';
import { TokenBucket } from './rateLimit.mts';
import { RequestLog } from './requests.mts';
import { VoiceStore } from './voiceStore.mts';
import type { Speech } from './voice/speaker.mts';

/** All that a reset throws away. Calls keep the state they started with, so late ones cannot touch a new one. */
export class State {
	readonly account: Account;
	readonly faults = new FaultBook();
	readonly log = new RequestLog();
	readonly voices = new VoiceStore();
	readonly speechJobs: JobStore;
	readonly lipSyncJobs: JobStore;
	readonly aceDataTasks: JobStore;
	readonly callbacks = new CallbackSender();
	readonly videoJobs: JobStore;
	readonly files: FileStore;
	/** What has been spoken, by the hash of its bytes. */
	readonly spoken = new Map<string, Speech>();
	connectionsOpened = 0;
	#behaviour: Behaviour;
	#bucket: TokenBucket | undefined;

	constructor(
		options: SandboxOptions,
		private readonly now: () => number,
	) {
		this.#behaviour = startingBehaviour(options);
		this.#bucket = this.#newBucket();
		this.account = new Account(startingBalances(options), options.tier ?? 'pro');
		this.speechJobs = new JobStore('task', now);
		this.lipSyncJobs = new JobStore('job', now);
		this.aceDataTasks = new JobStore('fish', now);
		this.videoJobs = new JobStore('video', now);
		this.files = new FileStore(now);
	}

	get behaviour(): Behaviour {
		return this.#behaviour;
	}

	configure(changes: BehaviourChanges): void {
		this.#behaviour = withChanges(this.#behaviour, changes);
		if ('rateLimit' in changes) this.#bucket = this.#newBucket();
	}

	takeRateToken(): void {
		this.#bucket?.take();
	}

	#newBucket(): TokenBucket | undefined {
		const { rateLimit } = this.#behaviour;
		return rateLimit === null ? undefined : new TokenBucket(rateLimit, this.now);
	}
}
