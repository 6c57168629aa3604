import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countColumns } from '../../../../nodes/shared/text/subtitles/columns.ts';
import { cuesOfSpeech } from '../../../../nodes/shared/text/subtitles/speechCues.ts';

describe('cues of made speech', () => {
	it('begin and end with their parts, pauses left free', () => {
		const cues = cuesOfSpeech([
			{ text: 'Hello there.', startSeconds: 0, durationSeconds: 1.2 },
			{ text: 'Good morning!', startSeconds: 1.5, durationSeconds: 1.1 },
		]);
		expect(cues).toEqual([
			{ startMs: 0, endMs: 1200, lines: ['Hello there.'] },
			{ startMs: 1500, endMs: 2600, lines: ['Good morning!'] },
		]);
	});

	it('share out the time of a part by length, cut where sentences end', () => {
		const sentences = [
			'The first sentence is about fifty characters long.',
			'The second one is longer, and it would not fit on the same screen.',
		];
		const [first = '', second = ''] = sentences;
		const cues = cuesOfSpeech([
			{ text: sentences.join(' '), startSeconds: 10, durationSeconds: 11.6 },
		]);
		expect(cues.map(({ lines }) => lines.join(' '))).toEqual(sentences);
		const cutMs = 10_000 + Math.round((11_600 * first.length) / (first.length + second.length));
		expect(cues).toMatchObject([
			{ startMs: 10_000, endMs: cutMs },
			{ startMs: cutMs, endMs: 21_600 },
		]);
	});

	it('are cut at a clause where a sentence is too long for a screen', () => {
		const text =
			'When the last of the guests had left the house at midnight, the two of them sat down in the kitchen and counted the money.';
		const [first, second] = cuesOfSpeech([{ text, startSeconds: 0, durationSeconds: 8 }]);
		expect(first?.lines.join(' ')).toBe(
			'When the last of the guests had left the house at midnight,',
		);
		expect(second?.lines.join(' ')).toBe(
			'the two of them sat down in the kitchen and counted the money.',
		);
	});

	it('keep short sentences of one screen together', () => {
		const cues = cuesOfSpeech([
			{ text: 'Yes.\n\nNo. Maybe tomorrow?', startSeconds: 0, durationSeconds: 2 },
		]);
		expect(cues.map(({ lines }) => lines)).toEqual([['Yes. No. Maybe tomorrow?']]);
	});

	it('leave no single word for a screen of its own', () => {
		const text = `${'abcdefghi '.repeat(8)}abc and more`;
		const cues = cuesOfSpeech([{ text, startSeconds: 0, durationSeconds: 6 }]);
		for (const { lines } of cues) expect(lines.join(' ').length).toBeGreaterThan(20);
	});

	it('cut Chinese at its marks', () => {
		const text =
			'今天天气很好，我们去公园散步吧。你想一起来吗？好的，那我们下午三点在门口见面，不见不散。';
		const cues = cuesOfSpeech([{ text, startSeconds: 0, durationSeconds: 9 }]);
		expect(cues.length).toBeGreaterThan(1);
		for (const { lines } of cues) expect(lines.at(-1)).toMatch(/[，。？]$/);
	});

	it.each([
		['an empty text', { text: ' \n', startSeconds: 0, durationSeconds: 1 }],
		['no parts', undefined],
	])('are none for %s', (_, part) => {
		expect(cuesOfSpeech(part === undefined ? [] : [part])).toEqual([]);
	});

	it('follow the reading rules and hold all of the text, whatever is said', () => {
		const text = fc.oneof(
			fc.string({ maxLength: 300 }),
			fc.string({ unit: 'grapheme', maxLength: 200 }),
			fc.stringMatching(/^([A-Za-z]{1,12}[ ,.!?]){1,60}$/),
			fc.stringMatching(/^[今天气很好我们去公园，。！]{1,200}$/),
		);
		const parts = fc.array(
			fc.record({ text, durationSeconds: fc.double({ min: 0, max: 60, noNaN: true }) }),
			{ maxLength: 8 },
		);
		fc.assert(
			fc.property(parts, (spoken) => {
				let start = 0;
				const timed = spoken.map((part) => {
					const startSeconds = start;
					start += part.durationSeconds + 0.3;
					return { ...part, startSeconds };
				});
				const cues = cuesOfSpeech(timed);
				let end = 0;
				for (const { startMs, endMs, lines } of cues) {
					expect(startMs).toBeGreaterThanOrEqual(end);
					expect(endMs).toBeGreaterThan(startMs);
					expect(lines.length).toBeLessThanOrEqual(2);
					for (const line of lines) expect(countColumns(line)).toBeLessThanOrEqual(42);
					end = endMs;
				}
				const plain = (value: string) => value.replace(/[\s\p{Cc}]+/gu, '');
				const shown = cues.flatMap(({ lines }) => lines).join('');
				expect(plain(shown)).toBe(timed.map((part) => plain(part.text)).join(''));
			}),
			{ numRuns: 300 },
		);
	}, 40_000);

	it.each([
		['words', 'word, '],
		['ideographs', '今天天气很好'],
		['letters', 'abcdefghij'],
	])(
		'take linear time for 30,000 characters of %s',
		(_, unit) => {
			const text = unit.repeat(Math.ceil(30_000 / unit.length));
			const started = performance.now();
			expect(
				cuesOfSpeech([{ text, startSeconds: 0, durationSeconds: 3_000 }]).length,
			).toBeGreaterThan(300);
			// Quadratic time would be minutes.
			expect(performance.now() - started).toBeLessThan(20_000);
		},
		40_000,
	);
});
