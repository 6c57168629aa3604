import { answersOf } from '../evidence.mts';
import { typeName, valueAt, wordOnly, type Exchange } from '../exchange.mts';
import { differs, held, type Statement, type Verdict } from './statement.mts';

/** Where an answer comes from, and whom it concerns when it differs. */
export interface Place {
	/** Begins the IDs of its statements. */
	readonly id: string;
	readonly section: string;
	readonly step: string;
	readonly endpoint: string;
	/** Which answer of the step; the first by default. */
	readonly which?: 'first' | 'last';
	readonly rule: string;
	readonly file: string;
}

const NODE = 'the node in n8n’s engine';

type Check = (answer: Exchange) => Verdict | undefined;

function about(place: Place, name: string, statement: string, check: Check): Statement {
	const { id, section, step, endpoint, rule, file } = place;
	return {
		id: `${id}.${name}`,
		section,
		statement,
		step,
		how: endpoint,
		rule,
		file,
		check: (evidence) => {
			const answers = answersOf(evidence, step, endpoint);
			const answer = place.which === 'last' ? answers.at(-1) : answers[0];
			return answer && check(answer);
		},
	};
}

export function answersWith(place: Place, ...statuses: number[]): Statement {
	const wanted = statuses.join(' or ');
	return about(place, 'status', `${place.endpoint} answers ${wanted}`, ({ status }) =>
		statuses.includes(status) ? held : differs(`status ${status}`),
	);
}

/** Any status of the 2xx. */
export function succeeds(place: Place): Statement {
	return about(place, 'status', `${place.endpoint} answers some 2xx`, ({ status }) =>
		isSuccess(status) ? held : differs(`status ${status}`),
	);
}

export function contentType(place: Place, wanted: string): Statement {
	const text = `The Content-Type of ${place.endpoint} begins with ${wanted}`;
	return about(place, 'type', text, ({ status, headers }) => {
		if (!isSuccess(status)) return undefined;
		const [type = ''] = (headers['content-type'] ?? 'none').split(';');
		return type.startsWith(wanted) ? held : differs(type);
	});
}

export type FieldType = 'string' | 'number' | 'boolean' | 'list' | 'object' | 'date' | 'any';

const TYPES: Readonly<Record<FieldType, string>> = {
	string: 'a string',
	number: 'a number',
	boolean: 'true or false',
	list: 'a list',
	object: 'an object',
	date: 'a date',
	any: 'of any type',
};

/** Only of an answer whose status is right: another one has a statement of its own that differs. */
export function hasField(place: Place, path: string, type: FieldType): Statement {
	const text = `${place.endpoint}: \`${path}\` is there, ${TYPES[type]}`;
	return about(place, path, text, ({ status, json }) => {
		if (place.section !== '1' && !isSuccess(status)) return undefined;
		// An empty list has no first item to look at.
		const list = /^(.*)\.0\./.exec(path)?.[1];
		if (list !== undefined && valueAt(json, `${list}.0`) === undefined) return undefined;
		return verdictOf(valueAt(json, path), type, path);
	});
}

export function hasWord(
	place: Place,
	paths: readonly string[],
	words: readonly string[],
): Statement {
	const text = `${place.endpoint}: \`${paths.join('` or `')}\` is one of ${words.join(', ')}`;
	return about(place, 'word', text, ({ status, json }) => {
		if (!isSuccess(status)) return undefined;
		const word = paths
			.map((path) => valueAt(json, path))
			.find((found) => typeof found === 'string');
		if (word === undefined) return differs('no such field');
		return words.includes(String(word)) ? held : differs(wordOnly(word));
	});
}

/** A field that stands in one of several places. */
export function hasOneOf(place: Place, name: string, paths: readonly string[]): Statement {
	const text = `${place.endpoint}: a string at \`${paths.join('` or `')}\``;
	return about(place, name, text, ({ status, json }) => {
		if (!isSuccess(status)) return undefined;
		const found = paths.some((path) => typeof valueAt(json, path) === 'string');
		return found ? held : differs('in none of these places');
	});
}

/** A node of the package read the answer as it should have. */
export function nodeReads(
	place: Omit<Place, 'endpoint'>,
	what: string,
	fields: readonly string[],
): Statement {
	const { id, section, step, rule, file } = place;
	return {
		id: `${id}.node`,
		section,
		statement: `${what} makes a row with ${fields.join(', ')}`,
		step,
		how: NODE,
		rule,
		file,
		check: ({ nodes }) => {
			const outcome = nodes.get(id.startsWith('6.deleted') ? 'voiceDeleted' : step);
			if (outcome === undefined) return undefined;
			if (!outcome.succeeded) return differs(`it failed: ${outcome.reason ?? 'no reason'}`);
			// A list without entries makes no rows.
			if (outcome.rowFields.length === 0) return undefined;
			const lacking = fields.filter((field) => !outcome.rowFields.includes(field));
			return lacking.length === 0 ? held : differs(`without ${lacking.join(', ')}`);
		},
	};
}

/** A node of the package fails for this reason, when the status is the one that means it. */
export function nodeFails(place: Place, what: string, status: number, wanted: string): Statement {
	const { id, section, step, endpoint, rule, file } = place;
	return {
		id: `${id}.node`,
		section,
		statement: `A call with ${what} fails in its node with the reason ${wanted}`,
		step,
		how: NODE,
		rule,
		file,
		check: (evidence) => {
			const outcome = evidence.nodes.get(step);
			if (outcome === undefined || answersOf(evidence, step, endpoint)[0]?.status !== status)
				return undefined;
			if (outcome.succeeded) return differs('it succeeded');
			return outcome.reason === wanted ? held : differs(outcome.reason ?? 'no reason');
		},
	};
}

/** What no step of this tool tries. */
export function notTried(id: string, section: string, statement: string, why: string): Statement {
	const nothing = { rule: '', file: '', check: () => undefined };
	return { id, section, statement, step: 'none', how: why, ...nothing };
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

function verdictOf(value: unknown, type: FieldType, path: string): Verdict {
	if (value === undefined) return differs(`no \`${path}\``);
	if (type === 'any') return held;
	if (type === 'date')
		return typeof value === 'string' && !Number.isNaN(Date.parse(value))
			? held
			: differs(`a ${typeName(value)} that is no date`);
	return typeName(value) === type ? held : differs(`a ${typeName(value)}`);
}
