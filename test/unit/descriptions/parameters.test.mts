import { describe, expect, it } from 'vitest';
import { choicesOf, entriesOf, packageNodes, parametersOf, type Parameter } from './catalogue.mts';
import { hasRightFullStop, titleCaseProblem } from './wording.mts';

const nodes = await packageNodes();
const parameters = nodes.flatMap(parametersOf);

/** The places of parameters that break a rule. */
function breaking(isRight: (parameter: Parameter) => boolean): string[] {
	return parameters.filter((parameter) => !isRight(parameter)).map(({ place }) => place);
}

const named = (name: string) => parameters.filter(({ property }) => property.name === name);
const typed = (type: string) => parameters.filter(({ property }) => property.type === type);

describe('every parameter', () => {
	it('was found: the walk sees the options of every node', () => {
		expect(parameters.length).toBeGreaterThan(50);
		expect(named('requestTimeoutSeconds').length).toBeGreaterThanOrEqual(nodes.length);
	});

	it('has a title in title case', () => {
		const titles = parameters.flatMap(({ place, property }) =>
			[property.displayName, ...choicesOf(property).map(({ name }) => name)].map((title) => ({
				place,
				problem: titleCaseProblem(title),
			})),
		);
		expect(titles.filter(({ problem }) => problem !== undefined)).toEqual([]);
	});

	it('has a name in camel case', () => {
		expect(breaking(({ property }) => /^[a-z][a-zA-Z]*$/.test(property.name))).toEqual([]);
	});

	it('has a unit in its title when it has one in its name', () => {
		const hasUnit = ({ property: { name, displayName } }: Parameter) =>
			!/Seconds$|Minutes$/.test(name) || /\((Seconds|Minutes)\)$/.test(displayName);
		expect(breaking(hasUnit)).toEqual([]);
	});

	it('is described, for a person and for a model, and not by its own title', () => {
		const isDescribed = ({ property }: Parameter) => {
			const { name, type, displayName, description = '' } = property;
			if (name === 'operation' || name === 'event' || type === 'collection') return true;
			const words = description.split(/\s+/).length;
			return words >= 4 && description.toLowerCase() !== displayName.toLowerCase();
		};
		expect(breaking(isDescribed)).toEqual([]);
	});

	it('ends its description as n8n asks: no full stop after a single sentence', () => {
		const texts = parameters.flatMap(({ place, property }) => [
			{ place, text: property.description ?? '' },
			...choicesOf(property).map(({ description = '' }) => ({ place, text: description })),
		]);
		expect(texts.filter(({ text }) => text !== '' && !hasRightFullStop(text))).toEqual([]);
	});

	it('shows an example as placeholder where something is typed', () => {
		const isTyped = ({ property: { type } }: Parameter) => type === 'string' || type === 'json';
		const hasExample = (parameter: Parameter) =>
			!isTyped(parameter) || /^e\.g\. \S/.test(parameter.property.placeholder ?? '');
		expect(breaking(hasExample)).toEqual([]);
		expect(
			typed('collection').filter(({ property }) => !/^Add \w+$/.test(property.placeholder ?? '')),
		).toEqual([]);
	});
});

describe('booleans', () => {
	it('are described by "Whether"', () => {
		const isRight = ({ property: { type, description = '' } }: Parameter) =>
			type !== 'boolean' || description.startsWith('Whether ');
		expect(breaking(isRight)).toEqual([]);
	});

	it('have a boolean as default', () => {
		const isRight = ({ property: { type, default: value } }: Parameter) =>
			type !== 'boolean' || typeof value === 'boolean';
		expect(breaking(isRight)).toEqual([]);
	});
});

describe('choices', () => {
	it('are sorted by their titles from five on', () => {
		const isSorted = ({ property }: Parameter) => {
			const titles = choicesOf(property).map(({ name }) => name);
			return titles.length < 5 || isInOrder(titles);
		};
		expect(breaking(isSorted)).toEqual([]);
	});

	it('are sorted by their titles in collections', () => {
		const isSorted = ({ property }: Parameter) =>
			isInOrder(entriesOf(property).map(({ displayName }) => displayName));
		expect(breaking(isSorted)).toEqual([]);
	});

	it('have one of their values as default', () => {
		const isRight = ({ property }: Parameter) =>
			property.type !== 'options' ||
			choicesOf(property).some(({ value }) => value === property.default);
		expect(breaking(isRight)).toEqual([]);
	});
});

describe("n8n's own terms", () => {
	it('name the binary fields "Output Data Field Name" and "Input Data Field Name"', () => {
		for (const { place, property } of parameters.filter(isBinaryField)) {
			const { name, displayName, hint } = property;
			const direction = /^(output|subtitles)/.test(name) ? 'output' : 'input';
			const title = direction === 'output' ? '(Output|Subtitles)' : '(Input|Video|Audio)';
			expect(displayName, place).toMatch(new RegExp(`^${title} Data Field Names?$`));
			expect(hint, place).toMatch(new RegExp(`^The names? of the ${direction} binary fields? `));
		}
		expect(parameters.filter(isBinaryField).length).toBeGreaterThan(4);
	});

	it('word Return All and Limit as everywhere in n8n', () => {
		for (const { place, property } of named('returnAll'))
			expect(property, place).toMatchObject({
				displayName: 'Return All',
				type: 'boolean',
				default: false,
				description: 'Whether to return all results or only up to a given limit',
			});
		for (const { place, property } of named('limit'))
			expect(property, place).toMatchObject({
				displayName: 'Limit',
				type: 'number',
				default: 50,
				typeOptions: { minValue: 1 },
				description: 'Max number of results to return',
				displayOptions: { show: { returnAll: [false] } },
			});
		expect(named('limit').length).toBe(named('returnAll').length);
	});

	it('word Simplify as everywhere in n8n, and simplify by default', () => {
		for (const { place, property } of named('simplify'))
			expect(property, place).toMatchObject({
				displayName: 'Simplify',
				type: 'boolean',
				default: true,
				description:
					'Whether to return a simplified version of the response instead of the raw data',
			});
	});
});

describe('resource locators', () => {
	it('begin with the list and take an ID as well', () => {
		for (const { place, property } of typed('resourceLocator')) {
			expect(property.default, place).toEqual({ mode: 'list', value: '' });
			const modes = property.modes ?? [];
			expect(modes.map(({ displayName }) => displayName)).toEqual(['From List', 'By ID']);
			expect(modes.map(({ name }) => name)).toEqual(['list', 'id']);
			expect(modes[0]?.placeholder).toMatch(/^Select an? .+\.\.\.$/);
			expect(modes[1]?.placeholder).toMatch(/^e\.g\. /);
		}
		expect(typed('resourceLocator').length).toBeGreaterThan(0);
	});

	it('search with a method that their node has', () => {
		for (const { type, description } of nodes)
			for (const { modes = [] } of description.properties)
				for (const { typeOptions } of modes) {
					const method = typeOptions?.searchListMethod;
					if (method === undefined) continue;
					expect(typeOptions).toMatchObject({ searchable: true });
					expect(Object.keys(type.methods?.listSearch ?? {})).toContain(method);
				}
	});
});

function isInOrder(titles: readonly string[]): boolean {
	return titles.every((title, index) => (titles[index - 1] ?? '').localeCompare(title) <= 0);
}

function isBinaryField({ property }: Parameter): boolean {
	return /BinaryFields?$/.test(property.name);
}
