import { describe, expect, it } from 'vitest';
import { castVoices } from '../../../nodes/FishSpeechTextToSpeech/dialogue/castVoices.ts';
import { listProblems } from '../../../nodes/FishSpeechTextToSpeech/dialogue/problemList.ts';
import { readScript } from '../../../nodes/FishSpeechTextToSpeech/dialogue/readScript.ts';

const { lines } = readScript('Anna: a\nBen: b\nANNA: c');
const ANNA = { name: 'Anna', voiceId: 'v1' };
const BEN = { name: ' ben ', voiceId: 'v2' };

describe('castVoices', () => {
	it('gives each line the voice of its speaker, whatever the case of the name', () => {
		const { lines: cast, problems } = castVoices(lines, [ANNA, BEN]);
		expect(problems).toEqual([]);
		expect(cast.map(({ text, voiceId }) => [text, voiceId])).toEqual([
			['a', 'v1'],
			['b', 'v2'],
			['c', 'v1'],
		]);
	});

	it('takes letters composed in different ways for equal', () => {
		const { lines: said } = readScript('Zoe\u0308: a');
		expect(castVoices(said, [{ name: 'Zo\u00eb', voiceId: 'v3' }]).problems).toEqual([]);
	});

	it('lets speakers be entered who say nothing', () => {
		expect(castVoices(lines, [ANNA, BEN, { name: 'Cleo', voiceId: 'v3' }]).problems).toEqual([]);
	});

	it.each([
		['a speaker without a voice', [ANNA], ['has no voice for "Ben" (line 2)']],
		[
			'all of them',
			[],
			['has no voice for "Anna" (lines 1, 3)', 'has no voice for "Ben" (line 2)'],
		],
		[
			'a speaker entered twice',
			[ANNA, BEN, { name: 'anna', voiceId: 'v9' }],
			['names "anna" twice'],
		],
		[
			'a speaker without a name',
			[ANNA, BEN, { name: ' ', voiceId: 'v9' }],
			['has no name for speaker 3'],
		],
		['an empty voice', [ANNA, { name: 'Ben', voiceId: ' ' }], ['has an empty voice for "Ben"']],
	])('names %s', (_, voices, problems) => {
		expect(castVoices(lines, voices).problems).toEqual(problems);
	});

	it('lists no more than the first lines of a speaker, and no more than the start of a long name', () => {
		const said = readScript(
			Array.from({ length: 9 }, () => ({ speaker: 'x'.repeat(99), text: 'a' })),
		).lines;
		expect(castVoices(said, []).problems).toEqual([
			`has no voice for "${'x'.repeat(40)}…" (lines 1, 2, 3 and 6 more)`,
		]);
	});
});

describe('listProblems', () => {
	it('makes one clause of several', () => {
		expect(listProblems(['line 1 has no text'])).toBe('line 1 has no text');
		const problems = Array.from({ length: 12 }, (_, index) => `p${index + 1}`);
		expect(listProblems(problems)).toBe('p1; p2; p3; p4; p5; p6; p7; p8; p9; p10; and 2 more');
	});
});
