import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../support/engine/host.mts';
import { choicesOf, packageNodes } from './catalogue.mts';
import { anchorsOf } from './readme.mts';
import { hasRightFullStop, isSentenceCase, titleCaseProblem } from './wording.mts';

const nodes = await packageNodes();
const readme = readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8');

describe.each(nodes)('the node $name', ({ name, folder, description, codex, ...node }) => {
	const { control, operations } = node;
	const isTrigger = control === 'event';
	const operation = description.properties[0];
	const choices = operation === undefined ? [] : choicesOf(operation);

	it('is called by what it does, in title case, in the panel and on the canvas', () => {
		expect(titleCaseProblem(description.displayName)).toBeUndefined();
		expect(description.displayName).toMatch(/^FishSpeech /);
		expect(description.defaults.name).toBe(description.displayName);
		expect(name).toMatch(/^fishSpeech[A-Z]\w+$/);
		expect(hasRightFullStop(description.description)).toBe(true);
	});

	it('shows under its name what it does', () => {
		expect(String(description.subtitle)).toContain(`$parameter["${control}"]`);
	});

	it('has icons for light and dark that exist', () => {
		const { icon } = description;
		if (typeof icon !== 'object') throw new Error('one icon for both');
		for (const file of [icon.light, icon.dark])
			expect(existsSync(path.join(repositoryRoot, folder, file.replace(/^file:/, '')))).toBe(true);
	});

	it('asks for the FishSpeech credential and nothing else', () => {
		expect(description.credentials).toEqual([{ name: 'fishSpeechApi', required: true }]);
	});

	it('can be a tool of an agent, unless it starts the workflow', () => {
		expect(description.usableAsTool).toBe(isTrigger ? undefined : true);
		expect(description.inputs).toHaveLength(isTrigger ? 0 : 1);
	});

	it('has a codex with other words for it and pages that exist', () => {
		expect(codex.node).toBe(`n8n-nodes-fishspeech.${name}`);
		expect(codex.categories.length).toBeGreaterThan(0);
		expect(codex.alias).toContain('FishSpeech');
		const anchors = anchorsOf(readme);
		const urls = Object.values(codex.resources).flatMap((links) => links.map(({ url }) => url));
		expect(Object.keys(codex.resources)).toEqual(
			expect.arrayContaining(['credentialDocumentation', 'primaryDocumentation']),
		);
		expect(urls.filter((url) => !anchors.has(new URL(url).hash))).toEqual([]);
	});

	it('begins with its operations or events, sorted, each a file of its own', () => {
		expect(operation).toMatchObject({
			displayName: isTrigger ? 'Event' : 'Operation',
			name: control,
			type: 'options',
			noDataExpression: true,
		});
		const names = choices.map((choice) => choice.name);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
		const values = choices.map(({ value }) => value);
		expect(operations.map((known) => known.name).sort()).toEqual([...values].sort());
		expect(values).toContain(operation?.default);
	});

	it('says of each what it does: a title, an action in sentence case, a description', () => {
		for (const { name: title, action = '', description: text = '' } of choices) {
			expect(titleCaseProblem(title)).toBeUndefined();
			expect(isSentenceCase(action), action).toBe(true);
			expect(action).not.toBe(title);
			expect(text.length, title).toBeGreaterThan(action.length);
			expect(hasRightFullStop(text), text).toBe(true);
		}
		expect(new Set(choices.map(({ action }) => action)).size).toBe(choices.length);
	});
});
