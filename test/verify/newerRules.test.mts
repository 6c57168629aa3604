import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { repositoryRoot } from '../support/engine/host.mts';
import { builtIcons, builtNodes, readManifest, sourceFiles } from './builtPackage.mts';
import { BACKGROUNDS, iconContrast, MIN_CONTRAST } from './contrast.mts';
import {
	allParameters,
	codexProblems,
	hardcodedIds,
	MAX_HINT_CHARACTERS,
	packageManifests,
	parameterProblems,
} from './newerRules.mts';
import { errorsWithoutItemIndex, executesWithoutContinueOnFail } from './nodeSource.mts';

describe('the repository', () => {
	it('is one package: one package.json, and no folder of a larger repository', () => {
		expect(packageManifests(repositoryRoot)).toEqual([path.join(repositoryRoot, 'package.json')]);
		expect(readManifest().repository).not.toHaveProperty('directory');
	});

	it('says that it is a community node under the MIT license', () => {
		expect(readManifest().license).toBe('MIT');
		expect(readManifest().keywords).toContain('n8n-community-node-package');
	});
});

describe.each(builtNodes())('the node $name', ({ type, codex }) => {
	const { description } = type;

	it('uses one credential, whose name ends in Api', () => {
		expect(description.credentials?.map(({ name }) => name)).toEqual([
			expect.stringMatching(/^[a-z]\w*Api$/),
		]);
	});

	it('has parameters as the newest rules want them', () => {
		expect(allParameters(description.properties).flatMap(parameterProblems)).toEqual([]);
	});

	it('stands in categories that n8n knows', () => {
		expect(codexProblems(codex)).toEqual([]);
	});
});

describe('icons', () => {
	it.each(builtIcons())('can be seen on the $theme canvas: $file', ({ theme, file }) => {
		const contrast = iconContrast(readFileSync(file, 'utf8'), BACKGROUNDS[theme]);
		expect(contrast).toBeGreaterThanOrEqual(MIN_CONTRAST);
	});
});

/** Where the errors of a polling trigger are made. */
const POLL_FILE = /\bFishSpeechTrigger\/runPoll\.ts:/;

describe('the source', () => {
	const found = (check: (text: string) => string[]) =>
		sourceFiles().flatMap(({ file, text }) => check(text).map((entry) => `${file}: ${entry}`));

	it('holds no identifier of an account', () => {
		expect(found(hardcodedIds)).toEqual([]);
	});

	it('reads On Error in each execute, where n8n looks for it', () => {
		const nodes = sourceFiles().filter(({ file }) => file.endsWith('.node.ts'));
		expect(nodes.flatMap(({ text }) => executesWithoutContinueOnFail(text))).toEqual([]);
	});

	it('makes no error of n8n without the index of its item, except in polls, which have no items', () => {
		const inItems = found(errorsWithoutItemIndex).filter((entry) => !POLL_FILE.test(entry));
		expect(inItems).toEqual([]);
	});
});

describe('the rules', () => {
	const property: INodeProperties = {
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
	};
	const problemsOf = (changes: Partial<INodeProperties>) =>
		allParameters([{ ...property, ...changes }]).flatMap(parameterProblems);
	const choice = (name: string, value = name) => ({ name, value });

	it.each<[string, Partial<INodeProperties>, string[]]>([
		['nothing', {}, []],
		['a short hint', { hint: 'x'.repeat(MAX_HINT_CHARACTERS) }, []],
		['a long hint', { hint: 'x'.repeat(121) }, ['name has a hint of 121 characters']],
		['required at the top', { required: true }, []],
		[
			'required in a collection',
			{ type: 'collection', options: [{ ...property, name: 'inner', required: true }] },
			['name › inner is required in a collection'],
		],
		[
			'required in a fixed collection',
			{
				type: 'fixedCollection',
				options: [
					{ displayName: 'S', name: 's', values: [{ ...property, name: 'inner', required: true }] },
				],
			},
			['name › inner is required in a collection'],
		],
		['sorted choices', { type: 'options', options: [choice('a'), choice('B'), choice('c')] }, []],
		[
			'two choices, the default first',
			{ type: 'options', options: [choice('B'), choice('a')] },
			[],
		],
		[
			'unsorted choices',
			{ type: 'options', options: [choice('B'), choice('a'), choice('c')] },
			['name has choices that are not sorted: B,a,c'],
		],
		[
			'a name twice',
			{ type: 'options', options: [choice('a', '1'), choice('a', '2')] },
			['name has two choices of one name'],
		],
		[
			'a value twice',
			{ type: 'multiOptions', options: [choice('a', '1'), choice('b', '1')] },
			['name has two choices of one value'],
		],
	])('judge a parameter with %s', (_, changes, problems) => {
		expect(problemsOf(changes)).toEqual(problems);
	});

	it('find a parameter without a default', () => {
		const without: INodeProperties = JSON.parse(
			JSON.stringify({ ...property, default: undefined }),
		);
		expect(parameterProblems({ place: 'name', property: without, isInCollection: false })).toEqual([
			'name has no default',
		]);
	});

	it.each<[string, string[], Record<string, string[]>, string[]]>([
		['a root node of AI', ['AI'], { AI: ['Root Nodes'] }, []],
		['AI without a root', ['AI'], {}, ['is in AI but not a root node']],
		['no category', [], {}, ['has no category']],
		['a category that n8n does not know', ['Marketing'], {}, ['Marketing is not a category']],
	])('judge a codex with %s', (_, categories, subcategories, problems) => {
		expect(codexProblems({ categories, subcategories })).toEqual(problems);
	});

	it.each([
		["const partnerId = 'abc';", 1],
		['{ \'client_id\': "abc" }', 1],
		["const accountId = context.getNodeParameter('accountId', 0);", 0],
		["const jobId = 'abc';", 0],
	])('find an identifier of an account: %s', (text, count) => {
		expect(hardcodedIds(text)).toHaveLength(count);
	});

	it.each([
		["new NodeOperationError(node, 'x')", ['1: NodeOperationError']],
		["new NodeApiError(node, {}, { message: 'x' })", ['1: NodeApiError']],
		["new NodeApiError(node, {}, { message: 'x', itemIndex })", []],
		['new NodeApiError(node, {}, { ...options })', []],
		["new NodeOperationError(node, 'x', options)", []],
		["new Error('x')", []],
	])('find an error without the index of its item: %s', (text, errors) => {
		expect(errorsWithoutItemIndex(text)).toEqual(errors);
	});

	it.each([
		['return await run(this);', ['Demo']],
		['return await run(this, this.continueOnFail());', []],
	])('find an execute that does not ask whether to continue: %s', (body, classes) => {
		const text = `class Demo { async execute() { ${body} } }`;
		expect(executesWithoutContinueOnFail(text)).toEqual(classes);
	});

	it.each([
		['#fff', '#ffffff', 1],
		['#000000', '#ffffff', 21],
		['#777777', '#ffffff', 4.5],
	])('measure the contrast of %s on %s', (color, background, contrast) => {
		expect(iconContrast(`<path fill="${color}"/>`, background)).toBeCloseTo(contrast, 1);
	});

	it('take the best colour of an icon, and count one without colours as invisible', () => {
		expect(iconContrast('<g fill="#fff"><path stroke="#000"/></g>', '#ffffff')).toBeCloseTo(21);
		expect(iconContrast('<path fill="none"/>', '#ffffff')).toBe(1);
	});

	it('find a second package.json, but not in generated folders', () => {
		const root = mkdtempSync(path.join(tmpdir(), 'one-package-'));
		try {
			for (const folder of ['inner', 'node_modules', 'dist', '.cache']) {
				mkdirSync(path.join(root, folder));
				writeFileSync(path.join(root, folder, 'package.json'), '{}');
			}
			expect(packageManifests(root)).toEqual([path.join(root, 'inner', 'package.json')]);
		} finally {
			rmSync(root, { recursive: true, force: true });
		}
	});
});
