import { describe, expect, it } from 'vitest';
import {
	inputMimeType,
	inputSizeBytes,
	nameMedia,
} from '../../../nodes/shared/host/media/mediaTypes.ts';

describe('the name of media', () => {
	it.each([
		['the type that came', 'audio/mpeg', 'speech', 'mp3', 'speech.mp3', 'audio/mpeg'],
		['a type with parameters', 'Audio/WAV; codecs=1', 'speech', 'mp3', 'speech.wav', 'audio/wav'],
		['an alias of a type', 'audio/x-wav', 'speech', 'wav', 'speech.wav', 'audio/wav'],
		['another alias', 'audio/mp3', 'speech', 'wav', 'speech.mp3', 'audio/mpeg'],
		['the format, when no type came', undefined, 'speech', 'wav', 'speech.wav', 'audio/wav'],
		[
			'the format, when the type says nothing',
			'application/octet-stream',
			'speech',
			'mp3',
			'speech.mp3',
			'audio/mpeg',
		],
		[
			'the format, when the type is no media',
			'text/plain',
			'speech',
			'mp3',
			'speech.mp3',
			'audio/mpeg',
		],
		[
			'a type of audio that nobody knows',
			'audio/x-new',
			'speech',
			'xyz',
			'speech.xyz',
			'audio/x-new',
		],
		[
			'a format that nobody knows',
			undefined,
			'speech',
			'xyz',
			'speech.xyz',
			'application/octet-stream',
		],
		[
			'a name with the right extension',
			'audio/mpeg',
			'letter.mp3',
			'mp3',
			'letter.mp3',
			'audio/mpeg',
		],
		[
			'a name with the wrong extension',
			'audio/wav',
			'letter.MP3',
			'mp3',
			'letter.wav',
			'audio/wav',
		],
		['a name with an own dot', 'audio/mpeg', 'No. 5', 'mp3', 'No. 5.mp3', 'audio/mpeg'],
		[
			'a name with dots and the extension',
			'audio/mpeg',
			'v1.2.mp3',
			'mp3',
			'v1.2.mp3',
			'audio/mpeg',
		],
		[
			'a name with the extension of an unknown format',
			undefined,
			'a.xyz',
			'xyz',
			'a.xyz',
			'application/octet-stream',
		],
		['a video', 'video/mp4', 'clip', 'mp4', 'clip.mp4', 'video/mp4'],
	])('follows %s', (_what, contentType, fileName, format, expectedName, mimeType) => {
		expect(nameMedia(contentType, { fileName, format })).toEqual({
			fileName: expectedName,
			mimeType,
		});
	});
});

describe('an input file', () => {
	it.each([
		[{ mimeType: 'audio/x-wav', data: '' }, 'audio/wav'],
		[{ mimeType: 'image/png', data: '', fileName: 'a.mp3' }, 'image/png'],
		[{ mimeType: 'application/octet-stream', data: '', fileName: 'a.B.MP3' }, 'audio/mpeg'],
		[{ mimeType: '', data: '', fileExtension: 'mkv' }, 'video/x-matroska'],
		[{ mimeType: 'text/plain', data: '', fileName: 'notes.txt' }, 'text/plain'],
		[{ mimeType: '', data: '' }, undefined],
	])('%o is of type %s', (binary, expected) => {
		expect(inputMimeType(binary)).toBe(expected);
	});

	it('tells its size as far as the store does', () => {
		expect(inputSizeBytes({ mimeType: '', data: 'filesystem', id: 'x', bytes: 7 })).toBe(7);
		expect(inputSizeBytes({ mimeType: '', data: 'filesystem', id: 'x' })).toBeUndefined();
		expect(inputSizeBytes({ mimeType: '', data: Buffer.from('hello').toString('base64') })).toBe(5);
	});
});
