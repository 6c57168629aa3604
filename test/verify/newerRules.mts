import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties } from 'n8n-workflow';

/** What newer versions of n8n's lint rules and scanner refuse, in our own words. Each function lists what it finds. */

/** Above this, the newest rules want the text in the description instead. */
export const MAX_HINT_CHARACTERS = 120;

/** A pair keeps its default first: n8n's rule only warns, and sees none of ours through the spread of fields. */
const FEWEST_SORTED_CHOICES = 3;

const UNSEARCHED_FOLDER = /^(\..*|node_modules|dist)$/;

/** Every `package.json` below a folder, generated folders aside. */
export function packageManifests(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const file = path.join(folder, entry.name);
		if (entry.isDirectory())
			return UNSEARCHED_FOLDER.test(entry.name) ? [] : packageManifests(file);
		return entry.name === 'package.json' ? [file] : [];
	});
}

/** A parameter, and the collection that it stands in. */
export interface PlacedParameter {
	readonly place: string;
	readonly property: INodeProperties;
	readonly isInCollection: boolean;
}

/** All parameters, those within collections included. */
export function allParameters(
	properties: readonly INodeProperties[],
	parent?: string,
): PlacedParameter[] {
	return properties.flatMap((property) => {
		const place = parent === undefined ? property.name : `${parent} › ${property.name}`;
		const entries = (property.options ?? []).flatMap((entry) => {
			if ('values' in entry) return entry.values;
			return 'type' in entry ? [entry] : [];
		});
		return [
			{ place, property, isInCollection: parent !== undefined },
			...allParameters(entries, place),
		];
	});
}

/** One line for each parameter that breaks a rule. */
export function parameterProblems({ place, property, isInCollection }: PlacedParameter): string[] {
	const { hint = '', type } = property;
	const problems: string[] = [];
	if (!('default' in property)) problems.push('has no default');
	if (hint.length > MAX_HINT_CHARACTERS) problems.push(`has a hint of ${hint.length} characters`);
	if (isInCollection && property.required === true) problems.push('is required in a collection');
	if (type === 'options' || type === 'multiOptions') problems.push(...choiceProblems(property));
	return problems.map((problem) => `${place} ${problem}`);
}

function choiceProblems({ options = [] }: INodeProperties): string[] {
	const names = options.map(({ name }) => name);
	const values = options.flatMap((option) => ('value' in option ? [option.value] : []));
	const sorted = [...names].sort((first, second) =>
		first.localeCompare(second, 'en', { sensitivity: 'base' }),
	);
	const problems: string[] = [];
	if (new Set(names).size < names.length) problems.push('has two choices of one name');
	if (new Set(values).size < values.length) problems.push('has two choices of one value');
	if (names.length >= FEWEST_SORTED_CHOICES && names.join() !== sorted.join())
		problems.push(`has choices that are not sorted: ${names.join()}`);
	return problems;
}

const CATEGORIES: readonly string[] = [
	'AI',
	'Analytics',
	'Communication',
	'Data & Storage',
	'Development',
	'Finance & Accounting',
	'Marketing & Content',
	'Miscellaneous',
	'Productivity',
	'Sales',
	'Utility',
];

/** A node of the category AI hides from the search of the panel unless it is a root node. */
export function codexProblems(codex: {
	readonly categories: readonly string[];
	readonly subcategories: Readonly<Record<string, readonly string[]>>;
}): string[] {
	const unknown = codex.categories.filter((category) => !CATEGORIES.includes(category));
	const problems = unknown.map((category) => `${category} is not a category`);
	if (codex.categories.length === 0) problems.push('has no category');
	const isAi = codex.categories.includes('AI');
	if (isAi && codex.subcategories['AI']?.includes('Root Nodes') !== true)
		problems.push('is in AI but not a root node');
	return problems;
}

const ACCOUNT_ID =
	/\b(?:partner|affiliate|reseller|account|tenant|customer|client)[_-]?id["']?\s*[:=]\s*(["'`][^"'`]*["'`])/gi;

/** Identifiers of an account that stand in the code instead of a parameter or a credential. */
export function hardcodedIds(text: string): string[] {
	return [...text.matchAll(ACCOUNT_ID)].map(([found]) => found);
}
