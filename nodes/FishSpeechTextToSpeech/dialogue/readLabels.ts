import { keyOf, tidyName } from './speakerNames';

/** Whether somebody is called so. */
export type IsName = (name: string) => boolean;

interface LabelledText {
	readonly speaker: string;
	readonly text: string;
}

/** A line at its colon. */
interface SplitLine {
	readonly label: string;
	readonly said: string;
}

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
/** Transcripts have "[00:05] Anna: …" and "[00:05 --> 00:10] Anna: …", chats have "[2026-05-01, 9:41 AM] Anna: …". */
const BRACKETED_TIME = /^[\s*_•-]*[[(][\d\s.,/-]*\d:\d\d[\d\s:.,>–-]*(?:[ap]m)?[\])][\s*_–—-]*/i;
const BARE_TIME =
	/^[\s*_•-]*\d{1,3}(?::\d\d){1,2}(?:[.,]\d{1,3})?(?:\s?[ap]m)?(?=[\s*_])[\s*_–—-]*/i;
/** "Anna (00:05): …"; the colon of the time is the first one of the line. */
const TIME_BEHIND_NAME = /[[(][^()[\]:]*\d:\d\d[^()[\]]*[\])](?=[\s*_]*[:：])/;
/** A colon in an address, a path or a time of day. */
const NO_LABEL_BEFORE = /^[/\\\d]/;
/** What stands in sentences, never in names; "Dr. No" is a name all the same. */
const NOT_IN_NAMES = /[!?;,/"“”„«»<>{}\\]|\.\s+\p{Ll}|\d{4}/u;
const QUOTED = /^["“”„«»]([^"“”„«»]+)["“”„«»]$/;

/**
 * The speaker and the text of each line that begins with a name and a colon. A decorated name counts where `isSpeaker`
 * knows it, or where another line has it plain.
 */
export function readLabels(
	lines: readonly string[],
	isSpeaker: IsName,
): Array<LabelledText | undefined> {
	const splits = lines.map(splitsOf);
	const plain = splits.map((split) => readPlainLabel(split, isSpeaker));
	const named = new Set(plain.flatMap((found) => (found ? [keyOf(found.speaker)] : [])));
	const isKnown = (name: string) => isSpeaker(name) || named.has(keyOf(name));
	return splits.map((split, index) => plain[index] ?? readDecoratedLabel(split, isKnown));
}

/** What `isSpeaker` knows is a name, however it looks. */
function readPlainLabel(splits: readonly SplitLine[], isSpeaker: IsName): LabelledText | undefined {
	return readWith(splits, ({ label, said }) => {
		const speaker = withoutDirection(label);
		const known = [tidyName(label), withoutEmphasis(label), speaker].find(isSpeaker);
		return known ?? (canBeLabel(said) && looksLikeName(speaker) ? speaker : undefined);
	});
}

/**
 * `"Anna": …` and `Anna, laughing: …` can also be sentences, so the name has to be known. Behind the comma there must be
 * no other known name: "Anna, Ben: …" speaks to both.
 */
function readDecoratedLabel(
	splits: readonly SplitLine[],
	isKnown: IsName,
): LabelledText | undefined {
	return readWith(splits, ({ label, said }) => {
		const [name = '', direction, ...more] = withoutDirection(label).split(',').map(withoutEmphasis);
		const isDirection =
			direction === undefined || (looksLikeName(direction) && !isKnown(direction));
		const speaker = withoutEmphasis(name.replace(QUOTED, '$1'));
		const isLabel = canBeLabel(said) && isDirection && more.length === 0 && isKnown(speaker);
		return isLabel ? speaker : undefined;
	});
}

function readWith(
	splits: readonly SplitLine[],
	nameIn: (split: SplitLine) => string | undefined,
): LabelledText | undefined {
	for (const split of splits) {
		const speaker = nameIn(split);
		if (speaker !== undefined) return { speaker, text: split.said.trim() };
	}
	return undefined;
}

/** The line at its first colon: as it is written, and without the times around its name, which have colons too. */
function splitsOf(line: string): SplitLine[] {
	const later = line.replace(BRACKETED_TIME, '').replace(BARE_TIME, '');
	const readings = new Set([line, later, later.replace(TIME_BEHIND_NAME, '')]);
	return [...readings].flatMap((written) => {
		const colon = written.slice(0, LONGEST_LABEL).search(/[:：]/);
		if (colon < 0) return [];
		const label = written.slice(0, colon).replace(LIST_MARK, '').trim();
		return [{ label, said: written.slice(colon + 1).replace(EMPHASIS_AFTER_COLON, '') }];
	});
}

function canBeLabel(said: string): boolean {
	return !NO_LABEL_BEFORE.test(said);
}

function looksLikeName(text: string): boolean {
	return (
		text !== '' &&
		[...text].length <= LONGEST_NAME &&
		text.split(' ').length <= MOST_WORDS_OF_A_NAME &&
		!NOT_IN_NAMES.test(text)
	);
}

function withoutDirection(label: string): string {
	return withoutEmphasis(label.replace(STAGE_DIRECTION, ''));
}

function withoutEmphasis(label: string): string {
	return tidyName(label.replace(EMPHASIS_BEFORE, '').replace(EMPHASIS_BEHIND, ''));
}
