import type { ScriptLine } from './readScript';
import { keyOf } from './speakerNames';

/** A voice for a speaker, as the user entered it. */
export interface SpeakerVoice {
	readonly name: string;
	readonly voiceId: string;
}

export interface CastLine extends ScriptLine {
	readonly voiceId: string;
}

export interface Casting {
	readonly lines: readonly CastLine[];
	/** What is wrong with the speakers, all of it at once; clauses like `has no voice for "Bob" (line 2)`. */
	readonly problems: readonly string[];
}

const LONGEST_NAME_SHOWN = 40;
const MOST_LINES_SHOWN = 3;

/** Gives each line the voice of its speaker. Names are compared without case and spaces around them. */
export function castVoices(lines: readonly ScriptLine[], voices: readonly SpeakerVoice[]): Casting {
	const problems = problemsOfVoices(voices);
	const voiceOf = new Map(voices.map(({ name, voiceId }) => [keyOf(name), voiceId]));
	const missing = new Map<string, ScriptLine[]>();
	const cast = lines.flatMap((line): CastLine[] => {
		const key = keyOf(line.speaker);
		const voiceId = voiceOf.get(key);
		if (voiceId !== undefined) return [{ ...line, voiceId }];
		missing.set(key, [...(missing.get(key) ?? []), line]);
		return [];
	});
	for (const unvoiced of missing.values())
		problems.push(`has no voice for ${shown(unvoiced[0]?.speaker)} (${listed(unvoiced)})`);
	return { lines: cast, problems };
}

function problemsOfVoices(voices: readonly SpeakerVoice[]): string[] {
	const problems: string[] = [];
	const seen = new Set<string>();
	voices.forEach(({ name, voiceId }, index) => {
		const key = keyOf(name);
		if (key === '') problems.push(`has no name for speaker ${index + 1}`);
		else if (seen.has(key)) problems.push(`names ${shown(name)} twice`);
		else if (voiceId.trim() === '') problems.push(`has an empty voice for ${shown(name)}`);
		seen.add(key);
	});
	return problems;
}

function shown(name = ''): string {
	const characters = [...name.trim()];
	const isLong = characters.length > LONGEST_NAME_SHOWN;
	return `"${characters.slice(0, LONGEST_NAME_SHOWN).join('')}${isLong ? '…' : ''}"`;
}

function listed(lines: readonly ScriptLine[]): string {
	const numbers = lines.slice(0, MOST_LINES_SHOWN).map(({ number }) => number);
	const more = lines.length - numbers.length;
	const word = lines.length === 1 ? 'line' : 'lines';
	return `${word} ${numbers.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
