import { describe, expect, it } from 'vitest';
import { baseUrlProblem, normalizeBaseUrl } from '../../../nodes/shared/api/baseUrl.ts';
import {
	cleanServerMessage,
	maskSecrets,
	maskSecretsDeep,
} from '../../../nodes/shared/api/redact.ts';
import { parseRetryAfter } from '../../../nodes/shared/api/policy/retryDelay.ts';
import { looksLikeHtml } from '../../../nodes/shared/api/http/jsonBody.ts';
import { inexactNumberIn } from '../../../nodes/shared/api/jsonNumbers.ts';
import { scanJson, TRANSCRIPT_LIMITS } from '../../../nodes/shared/api/http/jsonScan.ts';
import { asId, toCamelCase } from '../../../nodes/shared/api/wire.ts';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service.ts';
import { isErrorBody, readError } from '../../../nodes/shared/fishspeech/errorBody.ts';
import { maskSignedUrls, signedUrlSecrets } from '../../../nodes/shared/host/signedUrls.ts';
import { fileNamePart, fileStem } from '../../../nodes/shared/host/media/fileNames.ts';
import { readScript } from '../../../nodes/FishSpeechTextToSpeech/dialogue/readScript.ts';
import { countCodePoints, normalizeText } from '../../../nodes/shared/text/normalizeText.ts';
import { splitText } from '../../../nodes/shared/text/splitText.ts';
import { growthProblem } from './growth.mts';
import { worstInput, type WorstCase } from './patterns.mts';

type Scan = (input: string) => unknown;

/** Every function that goes through a text which others wrote, and what it has the most to do with. */
const SCANNERS: ReadonlyArray<readonly [name: string, scan: Scan, ...worst: WorstCase[]]> = [
	[
		'normalizeBaseUrl',
		normalizeBaseUrl,
		{ start: 'https://a', repeated: '/', end: 'a' },
		{ repeated: ' ', end: 'a' },
	],
	[
		'baseUrlProblem',
		(input) => baseUrlProblem(input, fishSpeech.baseUrl),
		{ start: 'https://a', repeated: '/', end: 'a' },
		{ start: 'https://', repeated: 'a.' },
	],
	['looksLikeHtml', looksLikeHtml, { repeated: ' ', end: 'a' }, { repeated: '<' }],
	[
		'scanJson',
		(input) => scanJson(input, TRANSCRIPT_LIMITS),
		{ repeated: '9' },
		{ repeated: '9007199254740993,' },
		{ repeated: '-' },
		{ repeated: '"' },
		{ repeated: '\\"' },
		{ start: '"', repeated: '\\' },
	],
	[
		'inexactNumberIn',
		inexactNumberIn,
		{ repeated: '9', end: '.5' },
		{ repeated: '9007199254740991,' },
		{ repeated: '-1' },
		{ repeated: '"' },
		{ start: '"', repeated: '\\"' },
	],
	[
		'readScript',
		readScript,
		{ start: '```', repeated: '\n', end: 'a' },
		{ start: '```\na', repeated: ' ', end: 'a' },
		{ repeated: '(', end: ': a' },
		{ repeated: 'A: a\n' },
		{ start: 'A: a\n', repeated: 'A, b: a\n' },
		{ start: '[0:05', repeated: ' 0:05', end: ' A: a' },
		{ start: '[', repeated: '{"speaker": "A", ' },
	],
	['asId', asId, { repeated: 'a', end: ' b' }],
	[
		'fileStem',
		(input) => fileStem(input, 'x'),
		{ repeated: '. ' },
		{ repeated: 'a.' },
		{ repeated: '/\u2028' },
		{ repeated: ' ', end: 'a' },
	],
	['fileNamePart', fileNamePart, { repeated: '/' }],
	['toCamelCase', toCamelCase, { repeated: '_', end: '-' }, { repeated: '_a' }],
	[
		'parseRetryAfter',
		(input) => parseRetryAfter(input, undefined, 0),
		{ repeated: '1', end: '.' },
		{ repeated: 'Mon, ' },
	],
	[
		'readError',
		(input) => readError({ code: input, error: { message: input } }),
		{ repeated: ' ' },
		{ repeated: 'a' },
	],
	['isErrorBody', (input) => isErrorBody({ code: input, message: 'x' }), { repeated: '2' }],
	[
		'signedUrlSecrets',
		signedUrlSecrets,
		{ repeated: 'http://' },
		{ start: 'http://a/', repeated: 'binary-data/signed?token' },
	],
	[
		'maskSignedUrls',
		maskSignedUrls,
		{ repeated: 'http://' },
		{ repeated: 'http://a/binary-data/signed?token' },
		{ repeated: 'http://a/binary-data/signed?token=a ' },
	],
	[
		'cleanServerMessage',
		(input) => cleanServerMessage(input, [{ value: input.slice(1), label: '[text]' }]),
		{ repeated: 'a' },
		{ repeated: 'http://' },
		{ repeated: '<' },
	],
	// Of an answer that is the text itself, of one that only seems to be, and of one with a match at each place.
	['maskSecrets, the same', (input) => mask(input, input), { repeated: 'a' }, { repeated: 'ab c' }],
	[
		'maskSecrets, almost the same',
		(input) => mask(input, `${input}b`.replaceAll('x', 'y')),
		{ repeated: 'a' },
		{ repeated: `${'a'.repeat(23)}x` },
	],
	[
		'maskSecrets, a long text',
		(input) => mask(input, 'ab'.repeat(50)),
		{ repeated: 'ab' },
		{ repeated: 'b' },
	],
	[
		'maskSecrets, a long secret',
		(input) => mask('ab'.repeat(50), input),
		{ repeated: 'ab' },
		{ repeated: 'a' },
	],
	[
		'maskSecrets, a short secret',
		(input) => mask(input, 'aaaaaaaaaaaaaaaaaaaaaab'),
		{ repeated: 'a' },
	],
	[
		'maskSecrets, an answer for each of many secrets',
		(input) => {
			const secrets = (input.match(/.{60}/g) ?? []).map((value) => ({ value, label: '[text]' }));
			return secrets.map(({ value }) => maskSecrets(`no: ${value}`, secrets));
		},
		{ repeated: 'ab c' },
	],
	[
		'maskSecretsDeep',
		(input) =>
			maskSecretsDeep(
				Array.from({ length: 50 }, (_, at) => input.slice(0, input.length / 50) + at),
				[{ value: input, label: '[text]' }],
			),
		{ repeated: 'ab c' },
	],
	[
		'normalizeText',
		normalizeText,
		{ repeated: ' \n ' },
		{ repeated: '\r' },
		{ repeated: '\t', end: 'a' },
		{ repeated: '\n\n\na' },
	],
	['countCodePoints', countCodePoints, { repeated: '😀' }],
	...[10, 500, 20_000].map(
		(limit) =>
			[
				`splitText at ${limit}`,
				(input: string) => splitText(input, limit),
				{ repeated: 'a' },
				{ repeated: '\ufe12\u0301' },
				{ repeated: '。\u0301' },
				{ repeated: '.' },
				{ repeated: '. ' },
				{ repeated: 'a.b' },
				{ repeated: '\n ' },
				{ repeated: ' ', end: 'a' },
				{ repeated: '\u0301' },
				{ repeated: 'ก' },
				{ repeated: '漢' },
				{ repeated: '🇩🇪' },
				{ repeated: '👩‍🚀' },
				{ repeated: '👩\u200d' },
				{ repeated: '🇩.' },
				{ repeated: `${'.'.repeat(400)}${' '.repeat(400)}a` },
				{ repeated: `${'"'.repeat(400)} a` },
				{ repeated: `${'\n'.repeat(400)}\u0301` },
				{ repeated: 'क्' },
			] as const,
	),
	...[0.25, 0.5].map(
		(share) =>
			[
				`splitText at ${share} of the text`,
				(input: string) => splitText(input, Math.ceil(input.length * share)),
				{ repeated: '\ufe12\u0301' },
				{ repeated: '.' },
				{ repeated: '\u0301' },
				{ repeated: '🇩🇪' },
				{ repeated: '漢' },
				{ repeated: '.\n' },
				{ repeated: ' \u0301' },
				{ repeated: '\n\u0301' },
				{ repeated: '\n\n\u0301' },
			] as const,
	),
	// Marks and white space that both grow with the text.
	...['.', ',', '"', '.\n'].map(
		(marks) =>
			[
				`splitText, a run of ${JSON.stringify(marks)} before a run of spaces`,
				(input: string) =>
					splitText(`${input.replaceAll(' ', marks)}${input}a${input}`, input.length + 1),
				{ repeated: ' ' },
			] as const,
	),
];

function mask(text: string, value: string): string {
	return maskSecrets(text, [{ value, label: '[text]' }]);
}

const cases = SCANNERS.flatMap(([name, scan, ...worst]) =>
	worst.map((input) => ({ name, scan, input, shown: JSON.stringify(input).slice(0, 60) })),
);

describe('what scans the texts of others', () => {
	it.each(cases)('$name takes linear time for $shown', { timeout: 60_000 }, ({ scan, input }) => {
		expect(growthProblem(scan, (length) => worstInput(input, length), 0.25)).toBeUndefined();
	});
});
