import { parse } from '@plussub/srt-vtt-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countColumns } from '../../../../nodes/shared/text/subtitles/columns.ts';
import { toCues } from '../../../../nodes/shared/text/subtitles/cues.ts';
import type { Cue } from '../../../../nodes/shared/text/subtitles/cues.ts';
import { subtitleFormats, toSrt, toVtt } from '../../../../nodes/shared/text/subtitles/formats.ts';
import { readSegments } from '../../../../nodes/shared/text/subtitles/readSegments.ts';
import type { Segment } from '../../../../nodes/shared/text/subtitles/readSegments.ts';
import { wrapLines } from '../../../../nodes/shared/text/subtitles/wrapLines.ts';

describe('countColumns', () => {
	it.each([
		['plain', 5],
		['Größe', 5],
		['слово', 5],
		['今天', 4],
		['ｆｕｌｌ', 8],
		['한국어', 6],
		['ｶﾅ', 2],
		['e\u0301', 1],
		['👩‍👩‍👧', 2],
		['🇩🇪', 2],
		['a“b”—…', 6],
		['', 0],
	])('counts %s as %i', (text, columns) => {
		expect(countColumns(text)).toBe(columns);
	});
});

describe('wrapLines', () => {
	it.each([
		['breaks between words', 'one two three', 9, ['one two', 'three']],
		['fills a line to the last column', 'one two three', 7, ['one two', 'three']],
		['breaks a word that is too wide', 'abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
		['counts wide characters twice', '今天天气很好', 8, ['今天天气', '很好']],
		[
			'breaks between Chinese words and not before their marks',
			'你好，我们去公园。',
			10,
			['你好，我们', '去公园。'],
		],
		['keeps an opening quote with its word', '他说“走吧”', 6, ['他说', '“走吧”']],
		['keeps a space between Latin and Chinese words', 'n8n 很好用', 12, ['n8n 很好用']],
		[
			'breaks a long address',
			'see https://example.com/a/b',
			12,
			['see https://', 'example.com/', 'a/b'],
		],
		['keeps emoji whole', '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 4, ['👩‍👩‍👧👩‍👩‍👧', '👩‍👩‍👧']],
	])('%s', (_, text, columns, lines) => {
		expect(wrapLines(text, columns)).toEqual(lines);
	});
});

describe('toCues', () => {
	it('makes one cue of a short segment', () => {
		expect(toCues([{ startSeconds: 0.1, endSeconds: 1.2345, text: 'Hello there.' }])).toEqual([
			{ startMs: 100, endMs: 1235, lines: ['Hello there.'] },
		]);
	});

	it('puts two lines into a cue and splits a longer segment by its share of characters', () => {
		const text = Array.from(
			{ length: 25 },
			(_, index) => `word${String(index).padStart(2, '0')}`,
		).join(' ');
		const cues = toCues([{ startSeconds: 10, endSeconds: 20, text }]);
		// Six words of six letters and five spaces are 41 columns.
		expect(cues.map(({ lines }) => lines.map((line) => line.length))).toEqual([
			[41, 41],
			[41, 41],
			[6],
		]);
		const [first, second, third] = cues;
		expect(first).toMatchObject({
			startMs: 10_000,
			endMs: 10_000 + Math.round((10_000 * 82) / 170),
		});
		expect(second).toMatchObject({
			startMs: first?.endMs,
			endMs: 10_000 + Math.round((10_000 * 164) / 170),
		});
		expect(third).toMatchObject({ startMs: second?.endMs, endMs: 20_000 });
	});

	it('ends a segment where the next begins', () => {
		const cues = toCues([
			{ startSeconds: 0, endSeconds: 5, text: 'a' },
			{ startSeconds: 2, endSeconds: 3, text: 'b' },
		]);
		expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
			[0, 2000],
			[2000, 3000],
		]);
	});

	it('lets segments that begin together share the time', () => {
		const cues = toCues([
			{ startSeconds: 1, endSeconds: 3, text: 'a' },
			{ startSeconds: 1, endSeconds: 3, text: 'b' },
		]);
		expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
			[1000, 2000],
			[2000, 3000],
		]);
	});

	it('guesses an end that nobody named', () => {
		const cues = toCues([
			{ startSeconds: 0, text: 'It takes three seconds to say this aloud now.' },
			{ startSeconds: 10, text: 'short' },
			{ startSeconds: 10.5, text: 'end' },
		]);
		expect(cues.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
			[0, 3000],
			[10_000, 10_500],
			[10_500, 11_500],
		]);
	});

	it('has no cues without segments', () => {
		expect(toCues([])).toEqual([]);
	});

	it('gives cues in order, without overlaps, of two lines of 42 columns, with all of the text', () => {
		fc.assert(
			fc.property(anySegments(), (segments) => {
				const cues = toCues(segments);
				let end = 0;
				for (const { startMs, endMs, lines } of cues) {
					expect(startMs).toBeGreaterThanOrEqual(end);
					expect(endMs).toBeGreaterThan(startMs);
					expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
					expect(lines.length).toBeGreaterThan(0);
					expect(lines.length).toBeLessThanOrEqual(2);
					for (const line of lines) {
						expect(line.trim()).toBe(line);
						expect(line).not.toBe('');
						expect(countColumns(line)).toBeLessThanOrEqual(42);
					}
					end = endMs;
				}
				const shown = cues.flatMap(({ lines }) => lines).join('');
				expect(shown.replaceAll(' ', '')).toBe(
					segments.map(({ text }) => text.replaceAll(' ', '')).join(''),
				);
			}),
			{ numRuns: 500 },
		);
	}, 40_000);

	it.each([
		['words', 'word '],
		['ideographs', '今天天气很好'],
		['letters', 'abcdefghij'],
		['emoji', '👩‍👩‍👧'],
	])(
		'takes linear time for one segment of 200,000 characters in %s',
		(_, unit) => {
			const text = unit.repeat(Math.ceil(200_000 / unit.length)).trim();
			const started = performance.now();
			expect(toCues([{ startSeconds: 0, endSeconds: 60_000, text }]).length).toBeGreaterThan(500);
			// Quadratic time would be minutes.
			expect(performance.now() - started).toBeLessThan(30_000);
		},
		40_000,
	);
});

describe('subtitle files', () => {
	const cues: Cue[] = [
		{ startMs: 0, endMs: 1500, lines: ['Hello there.'] },
		{ startMs: 61_001, endMs: 3_723_045, lines: ['First line,', 'second line'] },
		{ startMs: 360_000_000, endMs: 360_000_999, lines: ['100 hours'] },
	];

	it('writes SRT', () => {
		expect(toSrt(cues)).toBe(
			[
				'1\n00:00:00,000 --> 00:00:01,500\nHello there.\n',
				'2\n00:01:01,001 --> 01:02:03,045\nFirst line,\nsecond line\n',
				'3\n100:00:00,000 --> 100:00:00,999\n100 hours\n\n',
			].join('\n'),
		);
	});

	it('writes WebVTT', () => {
		expect(toVtt(cues)).toBe(
			[
				'WEBVTT\n',
				'00:00:00.000 --> 00:00:01.500\nHello there.\n',
				'00:01:01.001 --> 01:02:03.045\nFirst line,\nsecond line\n',
				'100:00:00.000 --> 100:00:00.999\n100 hours\n\n',
			].join('\n'),
		);
	});

	it('writes files without cues', () => {
		expect(toSrt([])).toBe('');
		expect(toVtt([])).toBe('WEBVTT\n\n');
	});

	it('knows extension and MIME type of each format', () => {
		expect(subtitleFormats.srt).toMatchObject({
			fileExtension: 'srt',
			mimeType: 'application/x-subrip',
		});
		expect(subtitleFormats.vtt).toMatchObject({ fileExtension: 'vtt', mimeType: 'text/vtt' });
	});

	const hostile = 'a --> b <i>c</i> {\\an8}d & e < f &lt; <00:01.000>';

	it('replaces in SRT what players take for markup or time lines', () => {
		expect(toSrt([{ startMs: 0, endMs: 1000, lines: [hostile] }])).toContain(
			'\na --› b ‹i›c‹/i› (\\an8)d & e ‹ f &lt; ‹00:01.000›\n',
		);
	});

	it('escapes in WebVTT what players take for markup or time lines', () => {
		expect(toVtt([{ startMs: 0, endMs: 1000, lines: [hostile] }])).toContain(
			'\na --&gt; b &lt;i&gt;c&lt;/i&gt; {\\an8}d &amp; e &lt; f &amp;lt; &lt;00:01.000&gt;\n',
		);
	});

	it.each(['srt', 'vtt'] as const)(
		'is read back from %s by a parser, whatever was said',
		(format) => {
			fc.assert(
				fc.property(anySegments(), (segments) => {
					const made = toCues(segments);
					const { entries } = parse(subtitleFormats[format].write(made));
					expect(
						entries.map(({ from, to, text }) => ({ startMs: from, endMs: to, text: plain(text) })),
					).toEqual(
						made.map(({ startMs, endMs, lines }) => ({
							startMs,
							endMs,
							text: plain(asWritten(lines)),
						})),
					);
					function plain(text: string): string {
						if (format === 'srt') return text;
						const entities: Readonly<Record<string, string>> = {
							'&lt;': '<',
							'&gt;': '>',
							'&amp;': '&',
						};
						return text.replace(/&\w+;/g, (entity) => entities[entity] ?? entity);
					}
					function asWritten(lines: readonly string[]): string {
						const text = lines.join('\n');
						if (format === 'vtt')
							return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
						return text.replace(/[<>{}]/g, (mark) => '‹›()'['<>{}'.indexOf(mark)] ?? '');
					}
				}),
				{ numRuns: 300 },
			);
		},
	);
});

function anySegments(): fc.Arbitrary<readonly Segment[]> {
	const word = fc.constantFrom(
		'word',
		'a',
		'Größe',
		'слово',
		'今天天气很好，',
		'「そうだ。」',
		'カタカナー',
		'한국어',
		'ประเทศไทย',
		'👩‍👩‍👧',
		'🇩🇪',
		'e\u0301',
		'-->',
		'<b>',
		'</b>',
		'{\\an8}',
		'&amp;',
		'1',
		'NOTE',
		'WEBVTT',
		'STYLE',
		'00:00:01,000',
		'https://example.com/a-long-path/and?query=more',
		'Donaudampfschifffahrtsgesellschaftskapitänsmütze',
	);
	const text = fc
		.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 3 })), {
			minLength: 1,
			maxLength: 60,
		})
		.chain((words) => fc.constantFrom(' ', ' ', '').map((space) => words.join(space)));
	const seconds = fc.double({ min: 0, max: 20, noNaN: true });
	return fc
		.array(fc.record({ start: seconds, end: fc.option(seconds), text }), { maxLength: 12 })
		.map((segments) => readSegments(segments).segments);
}
