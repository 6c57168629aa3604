import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { whatToDo } from '../../../nodes/shared/api/errors.ts';
import { ACTIONS, FAILURE_REASONS } from '../../../nodes/shared/api/reasons.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';
import { repositoryRoot } from '../../support/engine/host.mts';
import { choicesOf, entriesOf, packageNodes } from './catalogue.mts';
import { anchorsOf, sectionOf, tableRows } from './readme.mts';

const nodes = await packageNodes();
const readme = read('README.md');

function read(file: string): string {
	return readFileSync(path.join(repositoryRoot, file), 'utf8');
}

describe.each(nodes)('the README on $name', ({ description }) => {
	const title = description.displayName.replace('FishSpeech ', '');
	const section = sectionOf(readme, title);
	const shared = sectionOf(readme, 'Options of all nodes');

	it('names every operation or event', () => {
		const operations = choicesOf(description.properties[0] ?? fail('no operation'));
		const overview = tableRows(readme).find(([node]) => node?.startsWith(`[${title}]`));
		for (const { name } of operations) {
			expect(overview?.[1], title).toContain(name);
			expect(section).toContain(name);
		}
	});

	it('names every parameter and every option', () => {
		const parameters = description.properties.filter(
			({ name }) => !['operation', 'event', 'options'].includes(name),
		);
		const options = description.properties
			.filter(({ name }) => name === 'options')
			.flatMap(entriesOf);
		const isMissing = (text: string) => (displayName: string) =>
			!text.includes(`**${displayName}**`);
		const names = new Set(
			parameters.flatMap((parameter) => [
				parameter.displayName,
				...entriesOf(parameter).map(({ displayName }) => displayName),
			]),
		);
		const optionNames = new Set(options.map(({ displayName }) => displayName));
		expect([...names].filter(isMissing(section))).toEqual([]);
		expect([...optionNames].filter(isMissing(section + shared))).toEqual([]);
	});
});

describe('the README', () => {
	it('says for every reason what to do, in the words of the rows', () => {
		const rows = tableRows(sectionOf(readme, 'Failures')).filter(([reason]) =>
			reason?.startsWith('`'),
		);
		const told = rows.map(([reason = '', , action]) => [reason.replaceAll('`', ''), action]);
		expect(told).toEqual(
			FAILURE_REASONS.map((reason) => [reason, whatToDo(reason, false, fishSpeech.actions)]),
		);
	});

	it('explains messages that the code has', () => {
		const source = sourceText();
		const messages = tableRows(sectionOf(readme, 'Troubleshooting')).flatMap(
			([message = '']) => /^`(.+)`$/.exec(message)?.[1] ?? [],
		);
		expect(messages.length).toBeGreaterThan(10);
		const fragments = messages.flatMap((message) => message.split('…')).map((text) => text.trim());
		const isNoMessage = (fragment: string) =>
			!source.includes(fragment) && !/^FishSpeech answered \d+$/.test(fragment);
		expect(fragments.filter(isNoMessage)).toEqual([]);
	});

	it('links to sections, files and pictures that exist', () => {
		const anchors = anchorsOf(readme);
		const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
		// Pictures are taken in a real n8n; a clone without any has nothing to compare with.
		const isPictureToCome = (target: string) =>
			target.startsWith('docs/images/') && !existsSync(path.join(repositoryRoot, 'docs/images'));
		const isBroken = (target: string) =>
			!isPictureToCome(target) &&
			(target.startsWith('#')
				? !anchors.has(target)
				: !target.startsWith('https://') && !existsSync(path.join(repositoryRoot, target)));
		expect(links.filter(isBroken)).toEqual([]);
	});

	it('promises the n8n and the Node that are tested', () => {
		const compat: { dependencies: Record<string, string> } = JSON.parse(
			read('test/compat/host/manifest.json'),
		);
		const manifest: { engines: { node: string }; devDependencies: Record<string, string> } =
			JSON.parse(read('package.json'));
		const section = sectionOf(readme, 'Compatibility');
		expect(section).toContain(`**n8n ${compat.dependencies['n8n-core']}**`);
		expect(section).toContain(`**n8n ${manifest.devDependencies['n8n-core']}**`);
		expect(section).toContain(manifest.engines.node.replace('>=', 'Node '));
	});

	it('begins with a picture and has no badges', () => {
		expect(readme.split('\n')[2]).toMatch(/^!\[.{20,}\]\(docs\/images\/[\w-]+\.png\)$/);
		expect(readme).not.toMatch(/shields\.io|badge\.svg/);
	});
});

describe('what to do about a failure', () => {
	it.each([...Object.entries(ACTIONS), ...Object.entries(fishSpeech.actions ?? {})])(
		'is said in whole sentences without blame: %s',
		(_, action) => {
			expect(action).toMatch(/^[A-Z].*\.$/s);
			expect(action).not.toMatch(/\b(please|sorry|oops|invalid|illegal|error occurred)\b/i);
		},
	);
});

/** Everything that the package may say, line breaks and quotes of its source aside. */
function sourceText(): string {
	const files = readdirSync(path.join(repositoryRoot, 'nodes'), { recursive: true })
		.map(String)
		.filter((file) => file.endsWith('.ts'));
	return files.map((file) => read(path.join('nodes', file))).join('\n');
}

function fail(message: string): never {
	throw new Error(message);
}
