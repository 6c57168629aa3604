import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { startSandbox, type Sandbox } from '../sandbox/server.mts';
import { repositoryRoot } from '../support/engine/host.mts';
import { startDifferingService, type Changes } from './differingService.mts';
import { runLive } from './live.mts';
import { readOptions } from './options.mts';
import { redacted } from './report.mts';

const TOKEN = 'token-that-must-not-show';
const VOICE_NAME = 'Grandma Ottilie';
const USER = 'user-of-nobody';
const QUERY = 'planted-signature';
const TEXT = 'This is only a short test';

let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'live-'));
	sandbox = await startSandbox({ token: TOKEN, jobDurationMs: 20 });
});

afterEach(async () => {
	await sandbox.close();
	await rm(folder, { recursive: true, force: true });
});

const withQuery = (url: unknown) => {
	const changed = new URL(String(url));
	changed.searchParams.set('more', QUERY);
	return changed.href;
};

/** A service that puts what nobody may read wherever a report takes something from an answer. */
const TALKATIVE: Changes = {
	[ENDPOINTS.getProfile]: ({ json, headers }) => {
		if (json === undefined) return;
		json['user_id'] = USER;
		json[TOKEN] = TOKEN;
		headers[`x-${TOKEN}`] = TOKEN;
		if ('code' in json) json['code'] = TOKEN;
		if ('message' in json) json['message'] = `${TOKEN} for ${VOICE_NAME}`;
	},
	[ENDPOINTS.listVoices]: ({ json, headers }) => {
		headers['content-type'] = `text/plain; of=${TOKEN}`;
		for (const item of Object.values(Object(json?.['items']))) Object(item).name = VOICE_NAME;
		if (json !== undefined) json[VOICE_NAME] = { [`https://x.test/a?${QUERY}`]: VOICE_NAME };
	},
	[ENDPOINTS.getOpenApi]: ({ json }) => {
		Object(json?.['paths'])[`/x?key=${QUERY}`] = { get: { responses: {} } };
		Object(json?.['paths'])[`/x/${VOICE_NAME}`] = { get: { responses: {} } };
	},
	[ENDPOINTS.synthesize]: ({ json }) => {
		if (json === undefined) return;
		json['audio_url'] = withQuery(json['audio_url']);
		json['format'] = 5;
		json[`said ${TEXT}.`] = TEXT;
	},
	[ENDPOINTS.createSpeechJob]: ({ json }) => {
		if (json !== undefined) json['status'] = `at ${withQuery('https://x.test/a')}`;
	},
	[ENDPOINTS.getSpeechJob]: ({ json, status }) => {
		if (json === undefined || status >= 400) return;
		json['audioUrl'] = withQuery(json['audioUrl']);
	},
};

describe('what nobody may read', () => {
	it('stands neither in the reports nor on the screen, wherever the service says it', async () => {
		const service = await startDifferingService(sandbox.baseUrl, TALKATIVE);
		const said: string[] = [];
		const env = { FISHSPEECH_API_TOKEN: TOKEN, FISHSPEECH_BASE_URL: service.baseUrl };
		const options = readOptions(['--paid', '--folder', folder], env);
		const { report } = await runLive(options, (line) => said.push(line));
		await service.close();

		// The answers that hold it were seen.
		expect(report?.unknowns.find(({ id }) => id === 'unknown.urlToken')?.learned).toMatch(/200/);
		expect(report?.statements.find(({ id }) => id === '3.cached.format')?.outcome).toBe('differs');
		const files = (await readdir(folder)).sort();
		expect(files).toEqual(['live-report.json', 'live-report.md']);
		const texts = files.map((file) => readFile(path.join(folder, file), 'utf8'));
		for (const text of [...(await Promise.all(texts)), said.join('\n')]) {
			expect(text.length).toBeGreaterThan(500);
			for (const secret of [TOKEN, VOICE_NAME, USER, QUERY, TEXT, 'voice_123'])
				expect(text).not.toContain(secret);
		}
	});

	it.each([
		['a query of a URL', 'at https://x.test/a/b?sig=1&x=2 it is', 'at https://x.test/a/b it is'],
		['a query of a path', '`/x/y?key=1`', '`/x/y`'],
		['a fragment', 'https://x.test/a#token', 'https://x.test/a'],
		['a secret within a word', 'x-Anna-y', 'x-[hidden]-y'],
		['the longer of two secrets', 'Anna Lee', '[hidden]'],
	])('%s is taken out of a text', (_, text, expected) => {
		expect(redacted(text, new Set(['Anna', 'Anna Lee']))).toBe(expected);
	});
});

describe('without a token', () => {
	const run = promisify(execFile);

	it('the command says what it would do and cost, sends nothing and ends with 2', async () => {
		const { FISHSPEECH_API_TOKEN: _, ...env } = process.env;
		const command = ['--import', 'tsx', 'test/live/main.mts', '--paid', '--folder', folder];
		const failed: unknown = await run(process.execPath, command, {
			cwd: repositoryRoot,
			env: { ...env, FISHSPEECH_BASE_URL: sandbox.baseUrl },
		}).catch((error: unknown) => error);

		expect(failed).toMatchObject({
			code: 2,
			stdout: expect.stringMatching(
				/the profile .*Cost: nothing[^]*one speech job[^]*credits[^]*--budget[^]*Nothing was sent/,
			),
		});
		expect(sandbox.control.requests()).toEqual([]);
		expect(await readdir(folder)).toEqual([]);
	});
});

describe('the command line', () => {
	const token = { FISHSPEECH_API_TOKEN: ' t ' };

	it('reads only the public service by default, with a budget of 50', () => {
		expect(readOptions([], token)).toMatchObject({
			token: 't',
			baseUrl: 'https://fishaudio.org/api/open/v1',
			paid: false,
			lipSyncVideoUrl: undefined,
			budget: 50,
		});
	});

	it.each(['http://fishaudio.org/api/open/v1', 'https://fishaudio.org/other', 'nowhere'])(
		'sends no token to %s',
		(baseUrl) => {
			const env = { ...token, FISHSPEECH_BASE_URL: baseUrl };
			expect(() => readOptions([], env)).toThrow(/^FISHSPEECH_BASE_URL: The base URL/);
		},
	);

	it.each([
		[['--budget', 'many'], /--budget must be a number/],
		[['--budget=-1'], /--budget must be a number/],
		[['--paid', '--lip-sync', 'clip'], /--lip-sync needs the address/],
		[['--lip-sync', 'https://x.test/clip.mp4'], /needs --paid/],
		[['--idempotency'], /needs --paid/],
		[['--free'], /--free/],
	])('refuses %j', (args, words) => {
		expect(() => readOptions(args, token)).toThrow(words);
	});
});
