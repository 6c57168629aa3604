import { isDataObject } from '../../shared/host/rows';
import { normalizeText } from '../../shared/text/normalizeText';

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

const LONGEST_NAME = 40;
const MOST_WORDS_OF_A_NAME = 4;
/** How far into a line its colon is looked for: markup and a stage direction may stand around the name. */
const LONGEST_LABEL = 100;
const LIST_MARK = /^\s*[-*•]\s+/;
/** Language models like "**Anna:** …", "__Anna__ (laughing): …" and "[Anna]: …". */
const EMPHASIS_BEFORE = /^[\s*_[]+/;
/** The look-behind keeps the search linear. */
const EMPHASIS_BEHIND = /(?<![\s*_\]])[\s*_\]]+$/;
const STAGE_DIRECTION = /\([^()]*\)[*_]*$/;
const EMPHASIS_AFTER_COLON = /^[*_]{1,3}(?=\s|$)/;
/** A colon in an address, a path or a time of day. */
const NO_LABEL_BEFORE = /^[/\\\d]/;
/** What stands in sentences, never in names; "Dr. No" is a name all the same. */
const NOT_IN_NAMES = /[!?;,/"“”„«»<>{}\\]|\.\s+\p{Ll}|\d{4}/u;
const CODE_FENCE = '```';
const CODE_LANGUAGE = /^[a-z]*$/i;
/** V8 quotes so many characters before the one that it cannot read. */
const QUOTED_BEFORE_ERROR = 10;
const LOOKS_LIKE_JSON = /^\s*(?:\[\s*[{\]]|\{)/;

/** Whether the user has named a speaker so. */
type IsSpeaker = (label: string) => boolean;

/**
 * Reads a dialogue: a list of `{ speaker, text }`, the same as JSON text, or a script in which each line begins with a
 * name and a colon; lines without one go on with the line before. What `isSpeaker` knows is a name, however it looks.
 * Nothing is thrown.
 */
export function readScript(value: unknown, isSpeaker: IsSpeaker = () => false): ScriptReading {
	const reading = typeof value === 'string' ? readText(value, isSpeaker) : readList(value);
	if (reading.problems.length > 0) return reading;
	if (reading.lines.length === 0) return withProblem('has no lines');
	if (reading.lines.length > MOST_LINES)
		return withProblem(`has ${reading.lines.length} lines, more than ${MOST_LINES}`);
	return reading;
}

function readText(text: string, isSpeaker: IsSpeaker): ScriptReading {
	const script = withoutCodeFence(text);
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

function readLines(script: string, isSpeaker: IsSpeaker): ScriptReading {
	const lines: Array<{ speaker: string; text: string; number: number }> = [];
	const problems: string[] = [];
	script.split(/\r\n|[\n\r\u2028\u2029]/).forEach((written, index) => {
		const number = index + 1;
		const labelled = readLabel(written, isSpeaker);
		const last = lines.at(-1);
		if (labelled !== undefined) lines.push({ ...labelled, number });
		else if (written.trim() === '') return;
		else if (last === undefined)
			problems.push(`line ${number} does not begin with a speaker's name and a colon`);
		else last.text = `${last.text}\n${written.trim()}`.trim();
	});
	for (const { text, number } of lines)
		if (normalizeText(text) === '') problems.push(`line ${number} has no text`);
	return { lines, problems };
}

function readLabel(
	written: string,
	isSpeaker: IsSpeaker,
): { speaker: string; text: string } | undefined {
	const colon = written.slice(0, LONGEST_LABEL).search(/[:：]/);
	const said = written.slice(colon + 1).replace(EMPHASIS_AFTER_COLON, '');
	if (colon < 0) return undefined;
	const label = written.slice(0, colon).replace(LIST_MARK, '').trim();
	const text = said.trim();
	const speaker = withoutEmphasis(label.replace(STAGE_DIRECTION, ''));
	const known = [tidyName(label), withoutEmphasis(label), speaker].find(isSpeaker);
	if (known !== undefined) return { speaker: known, text };
	const isName =
		!NO_LABEL_BEFORE.test(said) &&
		speaker !== '' &&
		[...speaker].length <= LONGEST_NAME &&
		speaker.split(' ').length <= MOST_WORDS_OF_A_NAME &&
		!NOT_IN_NAMES.test(speaker);
	return isName ? { speaker, text } : undefined;
}

function withoutEmphasis(label: string): string {
	return tidyName(label.replace(EMPHASIS_BEFORE, '').replace(EMPHASIS_BEHIND, ''));
}

/** A text or a number as it is written, without the space around it; empty for everything else. */
export function textOf(value: unknown): string {
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	return typeof value === 'string' ? value.trim() : '';
}

function tidyName(name: string): string {
	return name.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

function withProblem(problem: string): ScriptReading {
	return { lines: [], problems: [problem] };
}
