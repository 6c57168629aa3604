import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { makeClip, startSandbox, type Sandbox } from '../sandbox/server.mts';
import { startDifferingService, type Changes } from './differingService.mts';
import { runLive, type LiveRun } from './live.mts';
import { readOptions } from './options.mts';
import { changesOf, TWENTY_DIFFERENCES } from './twentyDifferences.mts';

const TOKEN = 'token-that-must-not-show';

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'live-'));
	sandbox = await startSandbox({ token: TOKEN, jobDurationMs: 20 });
});

afterEach(async () => {
	await sandbox.control.reset();
});

afterAll(async () => {
	await sandbox.close();
	await rm(folder, { recursive: true, force: true });
});

interface Finished extends LiveRun {
	readonly said: string;
	/** Both reports. */
	readonly files: string;
}

async function live(args: readonly string[], baseUrl = sandbox.baseUrl): Promise<Finished> {
	const said: string[] = [];
	const env = { FISHSPEECH_API_TOKEN: TOKEN, FISHSPEECH_BASE_URL: baseUrl };
	const options = readOptions([...args, '--folder', folder], env);
	const run = await runLive(options, (line) => said.push(line));
	const files = await Promise.all(
		['live-report.md', 'live-report.json'].map(
			async (name) => await readFile(path.join(folder, name), 'utf8'),
		),
	);
	return { ...run, said: said.join('\n'), files: files.join('\n') };
}

async function liveAt(changes: Changes, args: readonly string[]): Promise<Finished> {
	const service = await startDifferingService(sandbox.baseUrl, changes);
	try {
		return await live(args, service.baseUrl);
	} finally {
		await service.close();
	}
}

function idsOf({ report }: LiveRun, wanted: string): string[] {
	const found = report?.statements.filter(({ outcome }) => outcome === wanted) ?? [];
	return found.map(({ id }) => id).sort();
}

const CREATES = [
	ENDPOINTS.synthesize,
	ENDPOINTS.createSpeechJob,
	ENDPOINTS.transcribe,
	ENDPOINTS.createVoice,
	ENDPOINTS.createLipSyncJob,
];

function paidCalls(): number[] {
	return CREATES.map((endpoint) => sandbox.control.requests(endpoint).length);
}

async function clip(): Promise<string> {
	const bytes = await makeClip();
	return await sandbox.control.publishFile({ bytes, mimeType: 'video/mp4', extension: 'mp4' });
}

describe('against the sandbox', () => {
	it('everything that is tried is held, by one paid call of each kind', async () => {
		const voices = sandbox.control.voices().length;
		const run = await live(['--paid', '--lip-sync', await clip()]);

		expect(idsOf(run, 'differs')).toEqual([]);
		expect(run.exitCode).toBe(0);
		// Bytes and a URL are the two calls of Synthesize.
		expect(paidCalls()).toEqual([2, 1, 1, 1, 1]);
		expect(sandbox.control.voices()).toHaveLength(voices);
		// No job of lip sync stands in the list before the first is made.
		const neverTried = run.report?.statements.filter(({ step }) => step === 'none') ?? [];
		expect(idsOf(run, 'not tried')).toEqual(
			[...neverTried.map(({ id }) => id), '7.list.node'].sort(),
		);
		for (const { seen } of neverTried) expect(seen).toMatch(/\w{3}/);
		const announced = run.said.split('\n').filter((line) => line.startsWith('Paying for'));
		expect(announced).toHaveLength(6);
	});

	it('without --paid nothing is bought, and what would cost is not tried', async () => {
		const run = await live([]);

		expect(idsOf(run, 'differs')).toEqual([]);
		expect(paidCalls()).toEqual([0, 0, 0, 0, 0]);
		expect(sandbox.control.charges()).toEqual([]);
		const cached = run.report?.statements.find(({ id }) => id === '3.cached.audio_url');
		expect(cached).toMatchObject({ outcome: 'not tried', seen: 'it costs credits: --paid' });
	});

	it('what was unknown is answered where an answer showed it', async () => {
		const run = await live(['--paid']);

		const learned = Object.fromEntries(
			run.report?.unknowns.map((entry) => [entry.id, entry.learned]) ?? [],
		);
		expect(learned).toMatchObject({
			'unknown.segment': 'start: number, end: number, text: string',
			'unknown.urlToken': 'without it 200',
			'unknown.urlLifetime': expect.stringMatching(/^about 3[56]\d\d seconds$/),
			'unknown.jobStates': expect.stringContaining('queued'),
			'unknown.errorCodes': expect.stringContaining('401 unauthorized (code message requestId)'),
			'unknown.idempotencyKey': 'nothing',
		});
	});
});

describe('whether Idempotency-Key is honoured', () => {
	const learnedBy = ({ report }: LiveRun) =>
		report?.unknowns.find(({ id }) => id === 'unknown.idempotencyKey')?.learned;

	it('is learned from two jobs with one key, by an option of its own', async () => {
		const run = await live(['--paid', '--idempotency']);

		expect(learnedBy(run)).toBe('no: two jobs (202 and 202)');
		// The first is of the node, which has a key of its own.
		const [node, ...both] = sandbox.control
			.requests(ENDPOINTS.createSpeechJob)
			.map(({ idempotencyKey }) => idempotencyKey);
		expect(both).toHaveLength(2);
		expect(new Set(both).size).toBe(1);
		expect(both).not.toContain(node);
	});

	it('is a yes when both answers name the same job', async () => {
		let first: unknown;
		const changes: Changes = {
			[ENDPOINTS.createSpeechJob]: ({ json }) => {
				if (json !== undefined) json['id'] = first ??= json['id'];
			},
		};
		const run = await liveAt(changes, ['--paid', '--idempotency']);

		expect(learnedBy(run)).toBe('yes: one job (202 and 202)');
	});
});

describe('against a service that differs in twenty ways', () => {
	it('exactly those twenty statements differ, each with a rule and a file', async () => {
		const run = await liveAt(changesOf(TWENTY_DIFFERENCES), ['--paid']);

		expect(TWENTY_DIFFERENCES).toHaveLength(20);
		expect(idsOf(run, 'differs')).toEqual(
			TWENTY_DIFFERENCES.map(({ statement }) => statement).sort(),
		);
		expect(run.exitCode).toBe(1);
		const differing = run.report?.statements.filter(({ outcome }) => outcome === 'differs') ?? [];
		for (const { rule, file, seen } of differing)
			expect([rule, file, seen]).toEqual([
				expect.stringMatching(/^§/),
				expect.stringMatching(/^(nodes|docs)\//),
				expect.any(String),
			]);
		expect(run.report?.schema).toMatchObject({
			newEndpoints: ['POST /music/jobs'],
			announcedEndpoints: expect.arrayContaining(['GET /usage']),
			goneEndpoints: [ENDPOINTS.listLipSyncJobs],
		});
	});
});

describe('a budget', () => {
	it('ends the paid calls as soon as the balance has fallen by more', async () => {
		const run = await live(['--paid', '--budget', '5']);

		expect(paidCalls()).toEqual([2, 0, 0, 0, 0]);
		expect(run.report).toMatchObject({ spent: 6, ended: expect.stringContaining('budget is 5') });
		expect(run.said).toContain('Ended early: the balance fell by 6');
	});

	it('counts the worse of the two balances', async () => {
		let credits = 1_000;
		const changes: Changes = {
			[ENDPOINTS.getProfile]: ({ json }) => void (json && (json['credits'] = credits -= 100)),
		};
		const run = await liveAt(changes, ['--paid']);

		expect(paidCalls()).toEqual([1, 0, 0, 0, 0]);
		expect(run.report?.ended).toContain('budget is 50');
	});

	it('that cannot be watched lets nothing be bought', async () => {
		const changes: Changes = {
			[ENDPOINTS.getProfile]: ({ json }) => void delete json?.['api_quota_remaining'],
		};
		const run = await liveAt(changes, ['--paid']);

		expect(paidCalls()).toEqual([0, 0, 0, 0, 0]);
		expect(run.report?.ended).toContain('the balance could not be read');
	});
});
