import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialType, INodeParameters, INodeTypeDescription } from 'n8n-workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_FOLDER } from '../../acedata/assemble/assemble.mts';
import {
	ACEDATA_NODE,
	generateAudio,
	getTask,
	rowsOf,
	synthesizeAudio,
	useLab,
	waitForAceDataTask,
} from '../../support/lab/index.mts';
import { whatToDo } from '../../../nodes/shared/api/errors.ts';
import { FAILURE_REASONS } from '../../../nodes/shared/api/reasons.ts';
import type { Service } from '../../../nodes/shared/api/service.ts';
import { repositoryRoot } from '../../support/engine/host.mts';
import { sectionOf, tableRows } from '../../unit/descriptions/readme.mts';
import { misfits, type Schema } from '../../support/schemaPreview.mts';
import {
	hasRightFullStop,
	isSentenceCase,
	titleCaseProblem,
} from '../../unit/descriptions/wording.mts';
import { BACKGROUNDS, iconContrast, MIN_CONTRAST } from '../../verify/contrast.mts';
import { allParameters, codexProblems, parameterProblems } from '../../verify/newerRules.mts';

const NODE_FOLDER = path.join(PACKAGE_FOLDER, 'nodes', 'AceDataFishAudio');
const PREVIEWS = path.join(NODE_FOLDER, '__schema__', 'v1.0.0');

const lab = useLab({ service: 'aceData' });
let description: INodeTypeDescription;

beforeAll(() => {
	const found = lab.engine.loader.types.nodes.find(({ name }) => name === ACEDATA_NODE);
	if (found === undefined) throw new Error('n8n does not load the node');
	description = found;
});

const choicesOf = (name: string) =>
	(description.properties.find((property) => property.name === name)?.options ?? []).flatMap(
		(option) => ('value' in option ? [option] : []),
	);
const operations = () =>
	choicesOf('operation')
		.map(({ value }) => String(value))
		.sort();

describe('the node', () => {
	it('has the operations and the credential that its README names', () => {
		expect(operations()).toEqual([
			'createVoice',
			'generate',
			'getTask',
			'synthesize',
			'waitForTask',
		]);
		expect(description.credentials).toEqual([{ name: 'aceDataCloudApi', required: true }]);
	});

	it('has parameters as the newest rules want them', () => {
		expect(allParameters(description.properties).flatMap(parameterProblems)).toEqual([]);
	});

	it('says what it does in titles and sentences', () => {
		const parameters = allParameters(description.properties).map(({ property }) => property);
		const titles = [
			...parameters.map(({ displayName }) => displayName),
			...choicesOf('operation').map(({ name }) => name),
		];
		expect(titles.flatMap((title) => titleCaseProblem(title) ?? [])).toEqual([]);
		const sentences = parameters.flatMap(({ description: text = '' }) => text);
		expect(sentences.filter((text) => !hasRightFullStop(text))).toEqual([]);
		const actions = choicesOf('operation').map(({ action = '' }) => action);
		expect(actions.filter((action) => !isSentenceCase(action))).toEqual([]);
	});

	it('has sorted options in its collections', () => {
		const collections = description.properties.filter(({ type }) => type === 'collection');
		expect(collections).toHaveLength(operations().length);
		for (const { options = [] } of collections) {
			const names = options.map((option) =>
				'displayName' in option ? option.displayName : option.name,
			);
			expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
		}
	});

	it('offers no reserve, because no endpoint tells what is left', () => {
		const names = allParameters(description.properties).map(({ property }) => property.name);
		expect(names).not.toContain('keepInReserve');
		expect(names).toContain('onceKey');
	});

	it('stands where n8n looks for it', () => {
		const codex: { node: string; categories: string[]; subcategories: Record<string, string[]> } =
			JSON.parse(readFileSync(path.join(NODE_FOLDER, 'AceDataFishAudio.node.json'), 'utf8'));
		expect(codex.node).toBe('n8n-nodes-acedata-fish.aceDataFishAudio');
		expect(codexProblems(codex)).toEqual([]);
	});

	it.each([
		['light', 'acedata.svg'],
		['dark', 'acedata.dark.svg'],
	] as const)('can be seen on the %s canvas', (theme, file) => {
		const svg = readFileSync(path.join(PACKAGE_FOLDER, 'icons', file), 'utf8');
		expect(iconContrast(svg, BACKGROUNDS[theme])).toBeGreaterThanOrEqual(MIN_CONTRAST);
	});
});

describe('the README', () => {
	const readme = readFileSync(path.join(PACKAGE_FOLDER, 'README.md'), 'utf8');

	it('names every operation, parameter and option', () => {
		const names = allParameters(description.properties)
			.map(({ property }) => property.displayName)
			.filter((name) => name !== 'Operation' && name !== 'Options');
		const operationNames = choicesOf('operation').map(({ name }) => name);
		const missing = [...names, ...operationNames].filter((name) => !readme.includes(`**${name}**`));
		expect(missing).toEqual([]);
	});

	it('says for every reason what to do, in the words of the rows', () => {
		const { loader, host } = lab.engine;
		const file = path.join(loader.directory, 'dist', 'nodes', 'shared', 'acedata', 'service.js');
		const { aceData }: { aceData: Service } = host.require(file);
		const told = tableRows(sectionOf(readme, 'Failures'))
			.filter(([reason]) => /^`\w+`$/.test(reason ?? ''))
			.map(([reason = '', , action]) => [reason.replaceAll('`', ''), action]);
		// Nothing can be kept in reserve where no endpoint tells what is left.
		const reasons = FAILURE_REASONS.filter((reason) => reason !== 'reserveReached');
		expect(told).toEqual(
			reasons.map((reason) => [reason, whatToDo(reason, false, aceData.actions)]),
		);
	});

	it('names every code of the contract', () => {
		const contract = readFileSync(path.join(repositoryRoot, 'docs', 'api-contract.md'), 'utf8');
		const codes = [
			...sectionOf(contract, '10.5 Errors').matchAll(
				/`([a-z]+_[a-z_]+|disabled|forbidden|timeout|rejected)`/g,
			),
		].map(([, code = '']) => code);
		const errorCodes = codes.filter((code) => !['trace_id'].includes(code));
		expect(errorCodes.length).toBeGreaterThan(14);
		expect(errorCodes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
	});

	it('shows the branch of the example', () => {
		const example = readFileSync(
			path.join(PACKAGE_FOLDER, 'examples', 'speech-with-callbacks.json'),
			'utf8',
		);
		const tasks = "{{ { tasks: $('AceData Fish Audio').context.tasks } }}";
		const fields = ['text', 'textHash', 'skipped'].map((field) => `{{ $json.${field} }}`);
		for (const expression of [tasks, ...fields]) {
			expect(readme).toContain(expression);
			expect(example).toContain(expression);
		}
	});
});

describe('the credential', () => {
	let type: ICredentialType;
	beforeAll(() => {
		type = lab.engine.loader.getCredential('aceDataCloudApi').type;
	});

	it('is tested by a read of no tasks, which costs nothing', async () => {
		const { baseURL, url, method, body } = type.test?.request ?? {};
		expect([baseURL, method, url]).toEqual([
			'={{$credentials.baseUrl.trim()}}',
			'POST',
			'/fish/tasks',
		]);
		const authenticated = await lab.engine.authenticate(lab.credential, {
			url: `${lab.sandbox.origin}${String(url)}`,
			method: 'POST',
		});
		const response = await fetch(authenticated.url, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				authorization: String(authenticated.headers?.['Authorization']),
			},
			body: JSON.stringify(body),
		});
		expect([response.status, await response.json()]).toEqual([200, { items: [], count: 0 }]);
		expect(lab.control.charges()).toEqual([]);
	});

	it('sends its token to no other place', async () => {
		const request = { url: 'https://example.com/', method: 'GET' } as const;
		await expect(lab.engine.authenticate(lab.credential, request)).rejects.toThrow(
			'was not sent to https://example.com',
		);
	});
});

describe('the previews', () => {
	const text = 'The kettle boils.';
	const created = async () => {
		const { rows } = await lab.run(ACEDATA_NODE, generateAudio({ prompt: text, waitMode: 'none' }));
		return String(rows[0]?.taskId);
	};
	const runs: Readonly<Record<string, () => Promise<INodeParameters>>> = {
		createVoice: async () => {
			const { bytes } = await lab.control.audio({ text });
			const file = { bytes, mimeType: 'audio/mpeg', extension: 'mp3' };
			const voiceUrl = await lab.control.publishFile(file);
			return {
				operation: 'createVoice',
				voiceUrl,
				options: { title: 'Anna', description: 'Calm' },
			};
		},
		generate: async () => generateAudio({ prompt: text }),
		getTask: async () => getTask({ taskId: await created() }),
		synthesize: async () => synthesizeAudio({ text }),
		waitForTask: async () => waitForAceDataTask({ taskId: await created() }),
	};

	it('are there for every operation, and for nothing else', () => {
		const names = readdirSync(PREVIEWS).map((file) => path.basename(file, '.json'));
		expect(names.sort()).toEqual(operations());
		expect(Object.keys(runs).sort()).toEqual(operations());
	});

	it.each(Object.keys(runs))('are what a real row looks like: %s', async (operation) => {
		const preview: Schema = JSON.parse(
			readFileSync(path.join(PREVIEWS, `${operation}.json`), 'utf8'),
		);
		const result = await lab.run(ACEDATA_NODE, (await runs[operation]?.()) ?? {});
		expect(result.error).toBeUndefined();
		// Voices show whatever the service tells.
		const isOpen = operation === 'createVoice';
		expect(rowsOf(result).flatMap(({ json }) => misfits(json, preview, isOpen))).toEqual([]);
	});
});
