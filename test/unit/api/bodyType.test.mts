import { describe, expect, it } from 'vitest';
import { bodyType } from '../../../nodes/shared/api/http/bodyType.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('what a 2xx body is', () => {
	it.each([
		['MP3 with a tag', 'audio/mpeg', 'ID3\x04', 'media'],
		['MP3 without one', 'audio/mpeg', '\xff\xfb\x90', 'media'],
		['WAV', 'audio/wav', 'RIFF....WAVE', 'media'],
		['Ogg', 'application/octet-stream', 'OggS', 'media'],
		['FLAC', undefined, 'fLaC', 'media'],
		['MP4', 'video/mp4', '\0\0\0\x18ftypmp42', 'media'],
		['WebM', 'video/webm', '\x1aE\xdf\xa3', 'media'],
		['media that are called JSON', 'application/json', 'ID3\x04', 'media'],
		['media that are called HTML', 'text/html', 'RIFF', 'media'],
		['raw samples by their type', 'audio/pcm', '\0\x01\0\x02', 'media'],
		['samples that begin like a page', 'audio/pcm', '<\0\x01\0', 'media'],
		['samples that begin like an object', 'application/octet-stream', '{\xff\x10\0', 'media'],
		['samples that begin like a list', 'audio/pcm', '[\0', 'media'],
		['samples of no type that begin like an object', undefined, ' {\x80\x80', 'media'],
		[
			'samples that begin like a list, by a vague type',
			'binary/octet-stream',
			'[\x01\x02',
			'media',
		],
		['bytes of no type', undefined, '\0\x01\0\x02', 'media'],
		['nothing that is called audio', 'audio/mpeg', '', 'media'],
		['JSON', 'application/json; charset=utf-8', '{"a":1}', 'json'],
		['JSON of a vendor', 'application/vnd.api+json', '{"a":1}', 'json'],
		['JSON that is called audio', 'audio/mpeg', '{"error":"no"}', 'json'],
		['JSON that is called bytes', 'application/octet-stream', '{\r\n\t"error":"no"}', 'json'],
		['JSON of no type, in the middle of a character', undefined, '{"error":"\xe2\x82', 'json'],
		['broken JSON that says what it is', 'application/json', '{\0', 'json'],
		['JSON that is called text', 'text/plain', '  \n{"a":1}', 'json'],
		[
			'JSON after a byte order mark and a line break',
			'text/plain',
			'\xef\xbb\xbf\n{"a":1}',
			'json',
		],
		['JSON right after a byte order mark', 'text/plain', '\xef\xbb\xbf{"a":1}', 'json'],
		['nothing that is called JSON', 'application/json', '', 'json'],
		['HTML', 'text/html', '<!doctype html>', 'html'],
		['HTML that is called audio', 'audio/mpeg', ' <html>', 'html'],
		['XML that is called audio', 'audio/mpeg', '<?xml version="1.0"?>', 'html'],
		['nothing that is called HTML', 'text/html', '', 'html'],
		['text', 'text/plain', 'Bad Gateway', 'other'],
		['a picture', 'image/png', '\x89PNG', 'other'],
	])('%s', (_what, contentType, first, expected) => {
		expect(bodyType(contentType, latin1(first))).toBe(expected);
	});
});
