import * as z from 'zod/v4';
import type { SentCallback } from './acedata/callbacks.mts';
import { FaultRule } from './faults.mts';
import type { JobFailure } from './jobs.mts';
import { fileUrl, type NewFile } from './media/files.mts';
import type { Balances, BehaviourChanges } from './options.mts';
import type { Charge, RequestRecord } from './requests.mts';
import type { Speech, SpeechOrder } from './voice/speaker.mts';
import type { Voice } from './voiceStore.mts';
import type { World } from './world.mts';

export interface Stats {
	readonly requests: number;
	/** Requests, accepted calls and credits by endpoint. */
	readonly endpoints: Readonly<
		Record<
			string,
			{ readonly requests: number; readonly accepted: number; readonly credits: number }
		>
	>;
	/** Accepted calls that can cost or change something. */
	readonly accepted: number;
	readonly charges: number;
	readonly creditsCharged: number;
	readonly connectionsOpened: number;
}

export type JobKind = 'speech' | 'lipSync' | 'aceData';

/** Everything that tests and the HTTP control surface may do to a running sandbox. */
export class Control {
	readonly #world: World;

	constructor(world: World) {
		this.#world = world;
	}

	/** Adds rules behind those in force; throws a ZodError for a rule that is not one. */
	addFaults(...rules: ReadonlyArray<z.input<typeof FaultRule>>): void {
		this.#world.state.faults.add(rules.map((rule) => FaultRule.parse(rule)));
	}

	clearFaults(): void {
		this.#world.state.faults.clear();
	}

	/** The rules in force, how many calls each has seen and how many it has spoilt. */
	faults(): Array<{ rule: FaultRule; seen: number; fired: number }> {
		return this.#world.state.faults.report();
	}

	/** Requests since the last reset in order of arrival, all or those of one endpoint. */
	requests(endpoint?: string): readonly RequestRecord[] {
		const { requests } = this.#world.state.log;
		return endpoint === undefined
			? requests
			: requests.filter((request) => request.endpoint === endpoint);
	}

	charges(): readonly Charge[] {
		return this.#world.state.log.charges;
	}

	/** Resolves when `count` requests of that endpoint have arrived, or fulfil that condition. */
	async waitForRequests(
		which: string | ((request: RequestRecord) => boolean),
		count = 1,
	): Promise<void> {
		const condition =
			typeof which === 'string' ? (request: RequestRecord) => request.endpoint === which : which;
		await this.#world.state.log.waitFor(condition, count);
	}

	stats(): Stats {
		const { log, connectionsOpened } = this.#world.state;
		const endpoints: Record<string, { requests: number; accepted: number; credits: number }> = {};
		for (const { endpoint, accepted, credits } of log.requests) {
			const entry = (endpoints[endpoint] ??= { requests: 0, accepted: 0, credits: 0 });
			entry.requests += 1;
			entry.accepted += accepted ? 1 : 0;
			entry.credits += credits;
		}
		return {
			requests: log.requests.length,
			endpoints,
			accepted: log.requests.filter((request) => request.accepted).length,
			charges: log.charges.length,
			creditsCharged: log.charges.reduce((sum, charge) => sum + charge.credits, 0),
			connectionsOpened,
		};
	}

	/**
	 * Back to the state after the start: requests, faults, jobs, voices, files, balances, behaviour. All of it
	 * holds on return of the call; only a refusal of connections ends with the promise.
	 */
	async reset(): Promise<void> {
		await this.#world.reset();
	}

	configure(changes: BehaviourChanges): void {
		this.#world.state.configure(changes);
	}

	setBalances(balances: Partial<Balances>): void {
		this.#world.state.account.setBalances(balances);
	}

	balances(): Balances {
		const { credits, apiQuotaRemaining } = this.#world.state.account;
		return { credits, apiQuotaRemaining };
	}

	/** The next jobs to be created of that kind fail, one for each failure given. */
	failNextJobs(kind: JobKind, ...failures: JobFailure[]): void {
		this.#jobs(kind).failNext(...failures);
	}

	/** Gives a job this status from now on. */
	setJobStatus(kind: JobKind, id: string, status: string): void {
		const job = this.#jobs(kind).get(id);
		if (job !== undefined) job.forcedStatus = status;
	}

	/** Answers as if there had never been such a job. */
	forgetJob(kind: JobKind, id: string): void {
		this.#jobs(kind).forget(id);
	}

	/** Reports a task of the second service now; with a body of its own, it is a lie. */
	async sendCallback(taskId: string, body?: unknown): Promise<SentCallback> {
		return await this.#world.state.callbacks.send(taskId, body);
	}

	/** What was reported so far, and how it was answered. */
	callbacks(): readonly SentCallback[] {
		return this.#world.state.callbacks.sent;
	}

	jobIds(kind: JobKind): string[] {
		return this.#jobs(kind)
			.list()
			.map((job) => job.id);
	}

	/** Lip-sync jobs of the past, a second apart, the last one a second ago: all of them completed, without a video. */
	addOldLipSyncJobs(count: number): void {
		const { lipSyncJobs } = this.#world.state;
		for (let secondsAgo = count; secondsAgo > 0; secondsAgo--)
			lipSyncJobs.create({
				durationMs: 0,
				states: ['completed'],
				credits: 5,
				echo: {},
				createdAt: this.#world.now() - secondsAgo * 1_000,
				makeResultUrl: async () => 'https://example.com/video.mp4',
			});
	}

	addVoices(count: number, provider?: string): Voice[] {
		return this.#world.state.voices.addMany(count, provider);
	}

	voices(): Voice[] {
		return this.#world.state.voices.all();
	}

	markVoiceInUse(id: string): void {
		this.#world.state.voices.markInUse(id);
	}

	/** The audio that this sandbox gives for an order, byte for byte. */
	async audio(order: Pick<SpeechOrder, 'text'> & Partial<SpeechOrder>): Promise<Speech> {
		return await this.#world.services.speak({ voiceId: 'voice_123', format: 'mp3', ...order });
	}

	/** Puts any file behind a signed URL of the sandbox, for endpoints that take URLs. */
	async publishFile(file: Omit<NewFile, 'lifetimeMs'>): Promise<string> {
		const { files, behaviour } = this.#world.state;
		const base = await this.#world.services.mediaBase(behaviour.mediaOrigin);
		return fileUrl(base, files.add({ ...file, lifetimeMs: behaviour.mediaLifetimeMs }));
	}

	/** Closes the connections that carry no request at the moment. */
	closeIdleConnections(): void {
		this.#world.closeIdleConnections();
	}

	/** Refuses new connections for a while. */
	refuseConnections(forMs: number): void {
		this.#world.refuseConnections(forMs);
	}

	#jobs(kind: JobKind) {
		const { speechJobs, lipSyncJobs, aceDataTasks } = this.#world.state;
		return { speech: speechJobs, lipSync: lipSyncJobs, aceData: aceDataTasks }[kind];
	}
}
