import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { repositoryRoot } from '../../support/engine/host.mts';

const run = promisify(execFile);

/** Says which transport is to be had, and whether a strange undici was run on the way. */
const PROBE = `
	require(process.argv[1]).undiciTransport().then((transport) =>
		console.log(JSON.stringify({ transport: transport?.name, ranStrange: 'strange' in globalThis })),
	);
`;

async function folder(): Promise<string> {
	const made = await mkdtemp(path.join(tmpdir(), 'undici-'));
	onTestFinished(async () => await rm(made, { recursive: true, force: true }));
	return made;
}

/** A package named undici that looks right and is somebody else's. */
async function putStrange(modules: string, version: string): Promise<void> {
	const target = path.join(modules, 'undici');
	await mkdir(target, { recursive: true });
	await writeFile(path.join(target, 'package.json'), JSON.stringify({ name: 'undici', version }));
	await writeFile(
		path.join(target, 'index.js'),
		'globalThis.strange = true; exports.EnvHttpProxyAgent = class {}; exports.buildConnector = () => {};',
	);
}

/** An n8n and its folder of community packages, as n8n lays them out. */
async function install({ host, beside }: { host?: string; beside?: string }) {
	const root = await folder();
	const hostModules = path.join(root, 'n8n', 'node_modules');
	const ownModules = path.join(root, 'nodes', 'node_modules');
	const own = path.join(ownModules, 'n8n-nodes-fishspeech', 'dist', 'nodes', 'shared', 'api');
	await mkdir(hostModules, { recursive: true });
	await cp(path.join(repositoryRoot, 'dist/nodes/shared/api'), own, { recursive: true });
	for (const name of ['n8n-workflow', 'zod', ...(host === undefined ? ['undici'] : [])])
		await symlink(path.join(repositoryRoot, 'node_modules', name), path.join(hostModules, name));
	if (host !== undefined && host !== 'none') await putStrange(hostModules, host);
	if (beside !== undefined) await putStrange(ownModules, beside);
	const { stdout } = await run(
		process.execPath,
		['-e', PROBE, path.join(own, 'http', 'undiciTransport.js')],
		{ env: { ...process.env, NODE_PATH: hostModules, NODE_OPTIONS: '' } },
	);
	const said: { transport?: string; ranStrange: boolean } = JSON.parse(stdout);
	return said;
}

describe('undici', () => {
	it('is taken from n8n', async () => {
		expect(await install({})).toEqual({ transport: 'undici', ranStrange: false });
	});

	it('that lies beside the package is not run, whatever version it says it is', async () => {
		expect(await install({ beside: '7.30.0' })).toEqual({ ranStrange: false });
	});

	it('that lies beside the package is not run where n8n has none either', async () => {
		expect(await install({ host: 'none', beside: '7.30.0' })).toEqual({ ranStrange: false });
	});

	it.each(['6.21.0', '8.0.0', '7.0.0-alpha.1', ''])(
		'of n8n is not run in a version that this package does not know: "%s"',
		async (host) => {
			expect(await install({ host })).toEqual({ ranStrange: false });
		},
	);
});
