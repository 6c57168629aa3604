import { describe, expect, it } from 'vitest';
import { readLabels } from '../../../nodes/FishSpeechTextToSpeech/dialogue/readLabels.ts';

const nobody = () => false;
const isBen = (name: string) => name.toLowerCase() === 'ben';

describe('a time stamp around a name is read over', () => {
	it.each([
		'Ben (12:30): Hello',
		'Ben (0:05): Hello',
		'Ben [00:05]: Hello',
		'Ben (00:01:05.250): Hello',
		'Ben (on the phone, 12:30): Hello',
		'Ben (laughing) [00:05]: Hello',
		'[00:05] Ben: Hello',
		'[00:01:05.250] Ben: Hello',
		'[00:01:05,250] Ben: Hello',
		'[00:05 --> 00:10] Ben: Hello',
		'[00:05 – 00:10] Ben: Hello',
		'[9:41 AM] Ben: Hello',
		'[2026-05-01, 09:41:05] Ben: Hello',
		'(0:05) Ben: Hello',
		'(0:05) Ben (laughing): Hello',
		'00:05 Ben: Hello',
		'00:01:05 Ben: Hello',
		'00:01:05.250 Ben: Hello',
		'125:30\tBen:\tHello',
		'9:41 pm Ben: Hello',
		'00:05 - Ben: Hello',
		'[00:05] — Ben: Hello',
		'  [00:05] Ben: Hello',
		'- [00:05] Ben: Hello',
		'* 00:05 **Ben:** Hello',
		'**[00:05] Ben:** Hello',
		'**[00:05]** Ben: Hello',
		'**00:05** __Ben__: Hello',
		'[00:05] [Ben]: Hello',
		'**Ben** (00:05): Hello',
		'**Ben (00:05):** Hello',
		'[00:05] Ben (12:30): Hello',
		'[00:05] Ben：Hello',
	])('in %j', (line) => {
		expect(readLabels([line], nobody)).toEqual([{ speaker: 'Ben', text: 'Hello' }]);
	});

	it.each([
		['[00:05] Ben: As in (12:30): no.', 'As in (12:30): no.'],
		['Ben (00:05): Not [00:10] Anna: no.', 'Not [00:10] Anna: no.'],
		['Ben: 12:30 Anna: no.', '12:30 Anna: no.'],
	])('but stays in what is said, as in %j', (line, text) => {
		expect(readLabels([line], nobody)).toEqual([{ speaker: 'Ben', text }]);
	});

	it.each([
		['[00:05] Agent 2049: Hello', 'Agent 2049'],
		['Smith, John (12:30): Hello', 'Smith, John'],
		['00:05 Agent 2049:3 times', 'Agent 2049'],
	])('around a name that only the user knows, as in %j', (line, name) => {
		expect(readLabels([line], (label) => label === name)).toMatchObject([{ speaker: name }]);
	});
});

describe('a line with a time stamp and no name goes on with the line before', () => {
	it.each([
		'At 12:30 we met: nice',
		'At 12:30 (or 12:45) we met: nice',
		'12:30',
		'12:30: nice',
		'[12:30]: nice',
		'12:30, Ben: nice',
		'12:30 we met, and then: nothing',
		'[00:05] At 10:30 we left.',
		'[00:05] Why? Because: no reason.',
		'[00:05] https://example.com/a',
		'00:05 10:30: too late',
		'10:15-minute breaks: none',
		'Really? Ben (12:30): no',
		'This is what she then said (12:30): nothing',
		'https://example.com/(12:30): nice',
		'[at 12:30] nice',
		'(Ben 12:30 : Hello',
	])('like %j', (line) => {
		expect(readLabels([line], isBen)).toEqual([undefined]);
	});
});

const DECORATED = [
	'Ben, laughing: Hello',
	'Ben, to Anna: Hello',
	'BEN, laughing: Hello',
	'**Ben**, laughing: Hello',
	'**Ben, laughing:** Hello',
	'- Ben, *laughing*: Hello',
	'Ben, laughing (quietly): Hello',
	'[00:05] Ben, laughing: Hello',
	'Ben, laughing (12:30): Hello',
	'“Ben”: Hello',
	'"Ben": Hello',
	'«Ben»: Hello',
	'»Ben«: Hello',
	'„Ben“: Hello',
	'**"Ben":** Hello',
	'"**Ben**": Hello',
	'"Ben" (laughing): Hello',
	'"Ben", laughing: Hello',
	'00:05 "Ben": Hello',
];

describe('a name in quotes or with a direction behind a comma', () => {
	it.each(DECORATED)('is a label where the user knows the name: %j', (line) => {
		const [found] = readLabels([line], isBen);
		expect(found).toEqual({ speaker: expect.stringMatching(/^ben$/i), text: 'Hello' });
	});

	it.each(DECORATED)('is a label where another line has the name plain: %j', (line) => {
		const [before, , after] = readLabels([line, 'ben: Good morning.', line], nobody);
		expect(before).toEqual({ speaker: expect.stringMatching(/^ben$/i), text: 'Hello' });
		expect(after).toEqual(before);
	});

	it.each(DECORATED)('is a label where another line has the name with a time: %j', (line) => {
		expect(readLabels([line, '[00:05] Ben: Good morning.'], nobody)).toMatchObject([
			{ text: 'Hello' },
			{ speaker: 'Ben' },
		]);
	});

	it.each(DECORATED)('is no label where nobody knows the name: %j', (line) => {
		expect(readLabels([line, 'Anna: Good morning.'], nobody)[0]).toBeUndefined();
	});

	it.each([
		'He said, laughing: no',
		'Note that, Ben: no',
		'Ben, Anna: come here',
		'Ben, come here, now: no',
		'Ben, if you really want to know: no',
		'Ben, why? Because: no',
		'Ben, at 12:30: no',
		'Ben, see https://example.com',
		'Ben,: no',
		', Ben: no',
		'"Stop": that was all he said',
		'"Ben: no"',
		'"Ben, laughing: no"',
		'Ben": no',
		'"Ben" said: no',
		'He said "Ben": no',
		'"Ben" and "Anna": no',
		'"Ben":8080',
	])('is no label in a sentence: %j', (line) => {
		const lines = ['Anna: Listen.', line, 'Ben: Yes.'];
		expect(readLabels(lines, isBen)[1]).toBeUndefined();
	});
});
