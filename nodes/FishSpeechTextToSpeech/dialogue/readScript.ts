import { isDataObject } from '../../shared/host/rows';
import { normalizeText } from '../../shared/text/normalizeText';
import { readLabels, type IsName } from './readLabels';
import { tidyName } from './speakerNames';

/** One line of a dialogue, as it is written. */
export interface ScriptLine {
	readonly speaker: string;
	readonly text: string;
	/** The number of the line in the script, or of the entry in the list, from 1. */
	readonly number: number;
}

export interface ScriptReading {
	readonly lines: readonly ScriptLine[];
	/** What is wrong, all of it at once; clauses like "line 3 has no text", without a word of any text. */
	readonly problems: readonly string[];
}

export const MOST_LINES = 500;
export const ACCEPTED_LINES = `a list like [{ "speaker": "Anna", "text": "…" }], or a script with one "Anna: …" a line, of at most ${MOST_LINES} lines`;

const CODE_FENCE = '```';
const CODE_LANGUAGE = /^[a-z]*$/i;
/** V8 quotes so many characters before the one that it cannot read. */
const QUOTED_BEFORE_ERROR = 10;
/** Files of other programs begin with it. JSON.parse takes it for an error. */
const BYTE_ORDER_MARK = /^\uFEFF/;
const LOOKS_LIKE_JSON = /^\s*(?:\[\s*[{\]]|\{)/;

/**
 * Reads a dialogue: a list of `{ speaker, text }`, the same as JSON text, or a script in which each line begins with a
 * name and a colon; lines without one go on with the line before. What `isSpeaker` knows is a name, however it looks.
 * Nothing is thrown.
 */
export function readScript(value: unknown, isSpeaker: IsName = () => false): ScriptReading {
	const reading = typeof value === 'string' ? readText(value, isSpeaker) : readList(value);
	if (reading.problems.length > 0) return reading;
	if (reading.lines.length === 0) return withProblem('has no lines');
	if (reading.lines.length > MOST_LINES)
		return withProblem(`has ${reading.lines.length} lines, more than ${MOST_LINES}`);
	return reading;
}

function readText(text: string, isSpeaker: IsName): ScriptReading {
	const script = withoutCodeFence(text).replace(BYTE_ORDER_MARK, '');
	if (!LOOKS_LIKE_JSON.test(script)) return readLines(script, isSpeaker);
	try {
		const value: unknown = JSON.parse(script);
		return readList(value);
	} catch (error) {
		return withProblem(`is not valid JSON${placeOf(error, script)}`);
	}
}

/** What stands between a first line like "```json" and a last one like "```"; else the text itself. */
function withoutCodeFence(text: string): string {
	const trimmed = text.trim();
	const start = trimmed.indexOf('\n') + 1;
	const end = trimmed.length - CODE_FENCE.length;
	if (!trimmed.startsWith(CODE_FENCE) || start === 0 || start > end) return text;
	if (!trimmed.endsWith(CODE_FENCE)) return text;
	const language = trimmed.slice(CODE_FENCE.length, start).trim();
	return CODE_LANGUAGE.test(language) ? trimmed.slice(start, end) : text;
}

/** The line of a JSON error. The parser's message quotes the text, so nothing but the place is taken from it. */
function placeOf(error: unknown, script: string): string {
	const message = error instanceof Error ? error.message : '';
	const told = /at position (\d+)/.exec(message)?.[1];
	const quoted = /\.\.\."([^]{0,60})"(?:\.\.\.)? is not valid JSON$/.exec(message)?.[1];
	const found = quoted === undefined ? -1 : script.indexOf(quoted);
	const position = told !== undefined ? Number(told) : found + QUOTED_BEFORE_ERROR;
	if (told === undefined && found < 0) return '';
	return ` (line ${script.slice(0, position).split('\n').length})`;
}

function readList(value: unknown): ScriptReading {
	if (!Array.isArray(value)) return withProblem('is not a list of lines');
	const lines: ScriptLine[] = [];
	const problems: string[] = [];
	value.forEach((entry: unknown, index) => {
		const number = index + 1;
		const fields = isDataObject(entry) ? entry : undefined;
		const speaker = tidyName(textOf(fields?.speaker));
		const text = textOf(fields?.text);
		if (fields === undefined) problems.push(`line ${number} is not an object`);
		else if (speaker === '') problems.push(`line ${number} has no speaker`);
		else if (normalizeText(text) === '') problems.push(`line ${number} has no text`);
		lines.push({ speaker, text, number });
	});
	return { lines, problems };
}

function readLines(script: string, isSpeaker: IsName): ScriptReading {
	const written = script.split(/\r\n|[\n\r\u2028\u2029]/);
	const labels = readLabels(written, isSpeaker);
	const lines: Array<{ speaker: string; text: string; number: number }> = [];
	const problems: string[] = [];
	written.forEach((line, index) => {
		const number = index + 1;
		const labelled = labels[index];
		const last = lines.at(-1);
		if (labelled !== undefined) lines.push({ ...labelled, number });
		else if (line.trim() === '') return;
		else if (last === undefined)
			problems.push(`line ${number} does not begin with a speaker's name and a colon`);
		else last.text = `${last.text}\n${line.trim()}`.trim();
	});
	for (const { text, number } of lines)
		if (normalizeText(text) === '') problems.push(`line ${number} has no text`);
	return { lines, problems };
}

/** A text or a number as it is written, without the space around it; empty for everything else. */
export function textOf(value: unknown): string {
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	return typeof value === 'string' ? value.trim() : '';
}

function withProblem(problem: string): ScriptReading {
	return { lines: [], problems: [problem] };
}
