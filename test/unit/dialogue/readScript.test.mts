import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	MOST_LINES,
	readScript,
} from '../../../nodes/FishSpeechTextToSpeech/dialogue/readScript.ts';

const ANNA_AND_BEN = [
	{ speaker: 'Anna', text: 'Hello Ben.' },
	{ speaker: 'Ben', text: 'Good morning!' },
];

function said(value: unknown): Array<{ speaker: string; text: string }> {
	const { lines, problems } = readScript(value);
	expect(problems).toEqual([]);
	return lines.map(({ speaker, text }) => ({ speaker, text }));
}

describe('readScript', () => {
	it.each<[string, unknown]>([
		['a list', ANNA_AND_BEN],
		['a list with further fields', ANNA_AND_BEN.map((line) => ({ ...line, mood: 'glad' }))],
		['JSON', JSON.stringify(ANNA_AND_BEN, null, 2)],
		['JSON in a code fence', `\`\`\`json\n${JSON.stringify(ANNA_AND_BEN)}\n\`\`\``],
		['a script', 'Anna: Hello Ben.\nBen: Good morning!'],
		[
			'a script with blank lines and Windows line ends',
			'\r\nAnna: Hello Ben.\r\n\r\nBen: Good morning!\r\n',
		],
		['a script in a code fence', '```\nAnna: Hello Ben.\nBen: Good morning!\n```'],
		['a script without spaces', 'Anna:Hello Ben.\nBen:Good morning!'],
		['a script with indented names', '  Anna :  Hello Ben.\n\tBen:\tGood morning!'],
		['a script with bold names', '**Anna:** Hello Ben.\n**Ben**: Good morning!'],
		['a script with bold names in a list', '- **Anna:** Hello Ben.\n* __Ben__: Good morning!'],
		[
			'a script with stage directions',
			'Anna (smiling): Hello Ben.\n**Ben (tired):** Good morning!',
		],
		['a script with names in brackets', '[Anna]: Hello Ben.\n[Ben]: Good morning!'],
		['a script with wide colons', 'Anna：Hello Ben.\nBen：Good morning!'],
	])('reads %s', (_, value) => {
		expect(said(value)).toEqual(ANNA_AND_BEN);
	});

	it.each<[string, string]>([
		['a script', 'Anna: Hello Ben.\nBen: Good morning!'],
		['a script in a code fence', '```\nAnna: Hello Ben.\nBen: Good morning!\n```'],
		['JSON', JSON.stringify(ANNA_AND_BEN)],
		['JSON in a code fence', `\`\`\`json\n${JSON.stringify(ANNA_AND_BEN)}\n\`\`\``],
	])('reads over a byte order mark before %s', (_, text) => {
		expect(said(`\uFEFF${text}`)).toEqual(ANNA_AND_BEN);
	});

	it('reads over a byte order mark at the beginning of a code fence', () => {
		expect(said(`\`\`\`json\n\uFEFF${JSON.stringify(ANNA_AND_BEN)}\n\`\`\``)).toEqual(ANNA_AND_BEN);
	});

	it('reads a transcript with times, directions and quotes', () => {
		const transcript =
			'[00:01] Anna: Hello Ben.\nShe said, laughing: no.\nBen (00:05): Yes.\n“Anna”: No.\nBen, tired: Oh.';
		expect(said(transcript)).toEqual([
			{ speaker: 'Anna', text: 'Hello Ben.\nShe said, laughing: no.' },
			{ speaker: 'Ben', text: 'Yes.' },
			{ speaker: 'Anna', text: 'No.' },
			{ speaker: 'Ben', text: 'Oh.' },
		]);
	});

	it('goes on with the line before where no name stands', () => {
		expect(said('Anna:\nFirst.\n\n  Second.\nBen: Third.')).toEqual([
			{ speaker: 'Anna', text: 'First.\nSecond.' },
			{ speaker: 'Ben', text: 'Third.' },
		]);
	});

	it.each([
		['a time of day', 'At 10:30 we left.'],
		['an address', 'https://example.com/a'],
		['a long clause', 'This is what she then said to him: nothing.'],
		['a question', 'Why? Because: no reason.'],
		['a quotation', '"Stop": that was all.'],
		['a year', 'In 1999: the end.'],
	])('takes a colon in %s for no name', (_, line) => {
		expect(said(`Anna: Listen.\n${line}`)).toEqual([{ speaker: 'Anna', text: `Listen.\n${line}` }]);
	});

	it('leaves colons and markup in what is said alone', () => {
		expect(said('Anna: Well: *this* is it: 10:30.')).toEqual([
			{ speaker: 'Anna', text: 'Well: *this* is it: 10:30.' },
		]);
	});

	it.each([
		['Dr. No', 'Dr. No'],
		['speaker_1', 'speaker_1'],
		['  María   José ', 'María José'],
		['主持人', '主持人'],
		["O'Brien 2", "O'Brien 2"],
	])('takes %j for a name', (label, speaker) => {
		expect(said(`${label}: Hello.`)).toEqual([{ speaker, text: 'Hello.' }]);
	});

	it.each([
		'The Man in the Hat',
		'Smith, John',
		'Dr. van Helsing',
		'Agent 2049',
		'Anna/Boris',
		'Anna (young)',
	])('takes %j for a name where Speakers has it', (name) => {
		const isSpeaker = (label: string) => label === name;
		const { lines } = readScript(`Ben: Hello.\n**${name}:** 3 times!\n${name}:4 times!`, isSpeaker);
		expect(lines.map(({ speaker, text }) => ({ speaker, text }))).toEqual([
			{ speaker: 'Ben', text: 'Hello.' },
			{ speaker: name, text: '3 times!' },
			{ speaker: name, text: '4 times!' },
		]);
	});

	it('reads numbers as texts and names', () => {
		expect(said([{ speaker: 1, text: 2026 }])).toEqual([{ speaker: '1', text: '2026' }]);
	});

	it('numbers lines as they are written', () => {
		expect(readScript('\nAnna: a\nb\n\nBen: c').lines.map(({ number }) => number)).toEqual([2, 5]);
		expect(readScript(ANNA_AND_BEN).lines.map(({ number }) => number)).toEqual([1, 2]);
	});

	it.each<[string, unknown, string[]]>([
		['nothing', undefined, ['is not a list of lines']],
		['an object', { speaker: 'Anna', text: 'a' }, ['is not a list of lines']],
		['an empty text', '  \n', ['has no lines']],
		['an empty list', [], ['has no lines']],
		['an empty list as JSON', '[]', ['has no lines']],
		[
			'a text without names',
			'Hello there.\nAnna: Hi.',
			["line 1 does not begin with a speaker's name and a colon"],
		],
		[
			'names without text',
			'Anna:\nBen: Hi.\nAnna:  ',
			['line 1 has no text', 'line 3 has no text'],
		],
		[
			'all kinds of wrong entries',
			[
				{ speaker: 'Anna', text: ' ' },
				{ text: 'a' },
				'Anna: a',
				null,
				{ speaker: 'Ben', text: NaN },
				{ speaker: 'Ben', text: '\u200b\u0007' },
				{ speaker: 'Ben', text: 'fine' },
			],
			[
				'line 1 has no text',
				'line 2 has no speaker',
				'line 3 is not an object',
				'line 4 is not an object',
				'line 5 has no text',
				'line 6 has no text',
			],
		],
		[
			'JSON with a stray bracket',
			'[\n{ "speaker": "Anna", "text": "a" },\n{ "speaker": \n]',
			['is not valid JSON (line 4)'],
		],
		[
			'JSON with a comma too few',
			'[\n{ "speaker": "Anna" "text": "a" },\n{ "speaker": "Ben", "text": "b" }\n]',
			['is not valid JSON (line 2)'],
		],
		['JSON that ends too soon', '[\n{ "speaker": "Anna",\n', ['is not valid JSON (line 3)']],
	])('says all that is wrong with %s', (_, value, problems) => {
		expect(readScript(value).problems).toEqual(problems);
	});

	it('refuses more lines than a dialogue may have', () => {
		const lines = Array.from({ length: MOST_LINES + 1 }, () => ({ speaker: 'Anna', text: 'a' }));
		expect(readScript(lines).problems).toEqual(['has 501 lines, more than 500']);
		expect(readScript(lines.slice(1)).problems).toEqual([]);
	});

	it('never quotes what is said in a problem', () => {
		const secret = 'swordfish';
		for (const value of [
			`[{ "speaker": "Anna", "text": "${secret}" ${secret}`,
			`[{ "speaker": "Anna" "text": "${secret}" }]`,
			`{ "${secret}": ${secret} }`,
			secret,
			[secret, { text: secret }, { [secret]: secret }],
		])
			expect(readScript(value).problems.join(' ')).toMatch(/^(?!.*swordfish).+/);
	});

	it('never throws, and ends soon, whatever it is given', () => {
		fc.assert(
			fc.property(fc.oneof(fc.anything(), fc.string(), fc.json()), (value) => {
				const { lines, problems } = readScript(value);
				expect(lines.length + problems.length).toBeGreaterThan(0);
			}),
			{ numRuns: 1000 },
		);
		// Quadratic time would be minutes, longer than the test may take.
		for (const unit of [' ', '*', '_ ', '(', 'a: ', '(:', '\n'])
			readScript(`Anna: a\n${unit.repeat(200_000)}`);
	}, 40_000);
});
