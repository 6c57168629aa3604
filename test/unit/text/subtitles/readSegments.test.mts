import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSegments } from '../../../../nodes/shared/text/subtitles/readSegments.ts';

describe('readSegments', () => {
	it.each([
		['seconds', { start: 1.5, end: 2, text: 'a' }],
		['numeric strings', { start: '1.5', end: ' 2 ', text: 'a' }],
		['startTime and endTime', { startTime: 1.5, endTime: '2', text: 'a' }],
		['snake case', { start_time: 1.5, end_time: 2, text: 'a' }],
		['names that say seconds', { startSeconds: 1.5, end_in_seconds: 2, text: 'a' }],
		['milliseconds', { startMs: 1500, endMs: '2000', text: 'a' }],
		['milliseconds in snake case', { start_ms: 1500, end_ms: 2000, text: 'a' }],
		['milliseconds of times', { startTimeMs: 1500, endTimeMillis: 2000, text: 'a' }],
		['text in content', { start: 1.5, end: 2, content: 'a' }],
		['an empty text beside content', { start: 1.5, end: 2, text: ' ', content: 'a' }],
		[
			'fields nobody knows',
			{ id: 7, speaker: 'S1', confidence: 0.9, words: [], start: 1.5, end: 2, text: 'a' },
		],
		[
			'an unreadable field beside a readable one',
			{ start: null, startMs: 1500, end: 'x', endMs: 2000, text: 'a' },
		],
	])('reads %s', (_, segment) => {
		expect(readSegments([segment])).toEqual({
			segments: [{ startSeconds: 1.5, endSeconds: 2, text: 'a' }],
			withoutTimes: 0,
		});
	});

	it.each([
		['no end', { start: 1, text: 'a' }],
		['an end before the start', { start: 1, end: 0.5, text: 'a' }],
		['an end at the start', { start: 1, end: 1, text: 'a' }],
		['a negative end', { start: 1, end: -1, text: 'a' }],
		['an end that is no number', { start: 1, end: 'soon', text: 'a' }],
	])('leaves the end open where there is %s', (_, segment) => {
		expect(readSegments([segment]).segments).toEqual([{ startSeconds: 1, text: 'a' }]);
	});

	it.each([
		['no times', { text: 'a' }],
		['a start that is no number', { start: 'now', end: 2, text: 'a' }],
		['an empty start', { start: '', end: 2, text: 'a' }],
		['a negative start', { start: -1, end: 2, text: 'a' }],
		['an infinite start', { start: Infinity, end: 2, text: 'a' }],
		['a start that is true', { start: true, end: 2, text: 'a' }],
		['only text', 'a'],
	])('counts a segment with %s as one without times', (_, segment) => {
		expect(readSegments([segment, { start: 0, end: 1, text: 'b' }])).toEqual({
			segments: [{ startSeconds: 0, endSeconds: 1, text: 'b' }],
			withoutTimes: 1,
		});
	});

	it.each([
		[null],
		[7],
		[[]],
		[{}],
		[{ start: 0, end: 1 }],
		[{ start: 0, end: 1, text: ' \n' }],
		[''],
	])('passes over %j, which says nothing', (segment) => {
		expect(readSegments([segment])).toEqual({ segments: [], withoutTimes: 0 });
	});

	it('orders segments by their start and keeps the order of equal ones', () => {
		const segments = [
			{ start: 2, text: 'c' },
			{ start: 0, text: 'a' },
			{ start: 0, text: 'b' },
		];
		expect(readSegments(segments).segments.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
	});

	it('makes one line of a text', () => {
		const [segment] = readSegments([
			{ start: 0, text: ' one\r\n\r\ntwo\t three\u0000four ' },
		]).segments;
		expect(segment?.text).toBe('one two three four');
	});

	it('never throws, whatever a provider sends', () => {
		fc.assert(
			fc.property(fc.array(fc.anything({ withNullPrototype: true })), (segments) => {
				expect(readSegments(segments).withoutTimes).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: 1000 },
		);
	});
});
