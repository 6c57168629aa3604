import { describe, expect, it } from 'vitest';
import { fileNamePart, fileStem } from '../../../nodes/shared/host/media/fileNames.ts';

describe('the name of a file', () => {
	it.each([
		['interview.mp3', 'interview'],
		['Interview 3.final.mp3', 'Interview 3.final'],
		['über – 声.wav', 'über – 声'],
		['no extension', 'no extension'],
		['a/b/c.mp3', 'c'],
		[String.raw`C:\music\c.mp3`, 'c'],
		['x\n../../etc/passwd', 'passwd'],
		['x\u2028../..', 'file'],
		['x../..', 'file'],
		['..', 'file'],
		['.mp3', 'file'],
		['.hidden.mp3', 'hidden'],
		['a\nb.mp3', 'ab'],
		['a\u2028b\u2029c\u202ed.mp3', 'abcd'],
		['a:b*c?"d<e>|f.mp3', 'abcdef'],
		['con. .mp3', 'con'],
		['  spaced  .mp3', 'spaced'],
		['', 'file'],
		['\u0000.mp3', 'file'],
		[`${'😀'.repeat(300)}.mp3`, '😀'.repeat(100)],
		[`${'a'.repeat(99)}. b.mp3`, 'a'.repeat(99)],
	])('%j is %j', (path, stem) => {
		expect(fileStem(path, 'file')).toBe(stem);
	});

	it('has no path in it that an ID brings', () => {
		expect(fileNamePart('../a b\u2028.mp3')).toBe('___a_b__mp3');
		expect(fileNamePart('x'.repeat(500))).toHaveLength(100);
	});
});
