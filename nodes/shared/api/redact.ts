import { ECHO_LENGTH, echoMasker, type Masked } from './echoes';

const LONGEST_MESSAGE = 300;
/** Masking a value of one or two characters would mask half the message. */
const SHORTEST_SECRET = 3;

/** A value that must never be shown, and what stands in its place. */
export interface Secret extends Masked {
	/** A key of an address that rows may show: what was paid for must not be changed by it. */
	readonly onlyInErrors?: boolean;
	/** What is to be spoken: a short one stands by chance in IDs and addresses, which stay as they are. */
	readonly isText?: boolean;
}

/** Replaces every secret in `text`, and every longer piece of one. Values of one or two characters are left. */
export function maskSecrets(text: string, secrets: readonly Secret[]): string {
	return maskerOf(secrets)(text);
}

/** The same in every string of a JSON value, keys included. */
export function maskSecretsDeep(value: unknown, secrets: readonly Secret[]): unknown {
	return secrets.length === 0 ? value : mapStrings(value, maskerOf(secrets));
}

/** What is made ready takes up to 48 bytes a character. For longer secrets, it is not kept from one value to the next. */
const MOST_KEPT_CHARACTERS = 4_000_000;

/** By the list: all answers to a call, and to all parts of an item, are searched for the same secrets. */
const maskers = new WeakMap<readonly Secret[], (text: string) => string>();

function maskerOf(secrets: readonly Secret[]): (text: string) => string {
	const known = maskers.get(secrets);
	if (known !== undefined) return known;
	const masker = newMasker(secrets);
	const characters = secrets.reduce((sum, { value }) => sum + value.length, 0);
	if (characters <= MOST_KEPT_CHARACTERS) maskers.set(secrets, masker);
	return masker;
}

function newMasker(secrets: readonly Secret[]): (text: string) => string {
	// A search for a long value can be quadratic; one for its pieces finds the whole value too.
	const isLong = ({ value }: Secret) => value.length >= ECHO_LENGTH;
	const maskLong = echoMasker(secrets.filter(isLong));
	const short = secrets.filter(
		(secret) => !isLong(secret) && secret.value.length >= SHORTEST_SECRET,
	);
	return (text) =>
		short.reduce((masked, { value, label }) => masked.replaceAll(value, label), maskLong(text));
}

/** A copy of a JSON value with every string changed, keys included. The value is not deeper than the JSON reader lets through. */
export function mapStrings(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, change));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [change(key), mapStrings(entry, change)]),
	);
}

/**
 * A server's own message, fit for an error: one line, no secrets, no query strings, no HTML (n8n shows hints and
 * descriptions as HTML), at most 300 characters. "canceled" becomes "cancelled", because n8n marks an execution whose
 * error says the former as canceled by the user.
 */
export function cleanServerMessage(message: string, secrets: readonly Secret[]): string {
	const masked = maskSecrets(excerptOf(message), secrets);
	return withoutCanceled(masked)
		.replace(/https?:\/\/[^\s"'<>]*/gi, withoutQuery)
		.replaceAll('<', '‹')
		.replaceAll('>', '›')
		.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
		.replace(/ {2,}/g, ' ')
		.trim()
		.slice(0, LONGEST_MESSAGE)
		.trimEnd();
}

/** The same of what a server may not have said; `undefined` also where nothing is left of it. */
export function cleanIfAny(
	text: string | undefined,
	secrets: readonly Secret[],
): string | undefined {
	return text === undefined ? undefined : cleanServerMessage(text, secrets) || undefined;
}

/** The same text without the word by which n8n takes a failed execution for one that the user has canceled. */
export function withoutCanceled(text: string): string {
	return text.replace(/canceled/gi, 'cancelled');
}

function withoutQuery(url: string): string {
	const end = url.search(/[?#]/);
	return end < 0 ? url : `${url.slice(0, end)}?[query]`;
}

/** A page-long message is cut before it is cleaned: generously, and never within a token. */
function excerptOf(message: string): string {
	const longest = LONGEST_MESSAGE * 4;
	return message.length <= longest ? message : message.slice(0, longest).replace(/\S{0,200}$/, '');
}
