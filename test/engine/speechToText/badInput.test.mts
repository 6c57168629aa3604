import type { INodeParameters } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import {
	callLines,
	failureOf,
	failureRowsOf,
	rowsOf,
	speak,
	storeAudio,
	storeClip,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechSpeechToText';
const audioUrl = 'https://media.example.org/talk.mp3';

const lab = useLab({ servesFiles: true });

interface BadInput {
	readonly name: string;
	readonly parameters: INodeParameters;
	/** How the error begins. */
	readonly error: string;
	readonly accepted: string;
}

const binary = { audioSource: 'binary' };
const badInputs: readonly BadInput[] = [
	{
		name: 'no URL',
		parameters: { audioUrl: '={{ "" }}' },
		error: 'Parameter "Audio URL" is empty',
		accepted: 'a whole URL',
	},
	{
		name: 'a path for a URL',
		parameters: { audioUrl: '/home/talk.mp3?key=hidden-key' },
		error: 'Parameter "Audio URL" is "/home/talk.mp3"',
		accepted: 'a whole URL',
	},
	{
		name: 'another scheme',
		parameters: { audioUrl: 'file:///etc/passwd' },
		error: 'Parameter "Audio URL" is "file:///etc/passwd"',
		accepted: 'a whole URL',
	},
	{
		name: 'a password in the URL',
		parameters: { audioUrl: 'https://me:hidden-key@example.org/talk.mp3' },
		error: 'Parameter "Audio URL" contains a user name or password',
		accepted: 'a whole URL',
	},
	{
		name: 'another source',
		parameters: { audioSource: 'disk' },
		error: 'Parameter "Audio Source" is "disk"',
		accepted: 'url, binary',
	},
	{
		name: 'no field name',
		parameters: { ...binary, inputBinaryField: ' ' },
		error: 'Parameter "Input Data Field Name" is empty',
		accepted: 'the name of a binary field',
	},
	{
		name: 'a field that is not there',
		parameters: { ...binary, inputBinaryField: 'audio' },
		error: 'Parameter "Input Data Field Name" is "audio", but the item has no such binary field',
		accepted: 'one of the binary fields of the item: data, empty, video, image, note',
	},
	{
		name: 'an empty file',
		parameters: { ...binary, inputBinaryField: 'empty' },
		error: 'Parameter "Input Data Field Name" is "empty", whose file is empty',
		accepted: 'a field with audio',
	},
	{
		name: 'a video',
		parameters: { ...binary, inputBinaryField: 'video' },
		error: 'Parameter "Input Data Field Name" is "video", whose file is of type video/mp4',
		accepted: 'a field with audio',
	},
	{
		name: 'a picture',
		parameters: { ...binary, inputBinaryField: 'image' },
		error: 'Parameter "Input Data Field Name" is "image", whose file is of type image/png',
		accepted: 'a field with audio',
	},
	{
		name: 'a text file',
		parameters: { ...binary, inputBinaryField: 'note' },
		error: 'Parameter "Input Data Field Name" is "note", whose file is of type text/plain',
		accepted: 'a field with audio',
	},
	...['english', 'EN', 'en_US', 'en-us', 'e', 'eng', 'zh-Hans', 'en-US-x'].map((language) => ({
		name: `the language ${language}`,
		parameters: { audioUrl, language },
		error: `Parameter "Language" is "${language}"`,
		accepted: 'a code such as en or pt-BR',
	})),
	{
		name: 'another format of subtitles',
		parameters: { audioUrl, subtitles: 'ass' },
		error: 'Parameter "Subtitles" is "ass"',
		accepted: 'none, srt, vtt',
	},
	{
		name: 'no name for the subtitles',
		parameters: { audioUrl, subtitles: 'srt', outputBinaryField: '={{ "" }}' },
		error: 'Parameter "Output Data Field Name" is empty',
		accepted: 'the name of a binary field',
	},
	...[0, -5, 20_000, 'soon'].map((signedUrlMinutes) => ({
		name: `a validity of ${signedUrlMinutes} minutes`,
		parameters: { ...binary, options: { signedUrlMinutes } },
		error: 'Parameter "Signed URL Validity (Minutes)" is',
		accepted: 'a number from 1 to 10080',
	})),
];

async function inputFiles() {
	const { bytes } = await speak(lab, 'A recording.');
	const put = async (content: string, fileName: string, mimeType: string) =>
		await lab.engine.binary.put(Buffer.from(content), { fileName, mimeType });
	return {
		data: await storeAudio(lab, bytes),
		empty: await put('', 'empty.mp3', 'audio/mpeg'),
		video: await storeClip(lab),
		image: await put('x', 'a.png', 'image/png'),
		note: await put('x', 'note.txt', 'text/plain'),
	};
}

describe('transcribe refuses, before anything is sent,', () => {
	it.each(badInputs)('$name', async ({ parameters, error, accepted }) => {
		const items = [{ binary: await inputFiles() }];
		const result = await lab.run(NODE, { operation: 'transcribe', ...parameters }, { items });
		const failure = failureOf(result);
		expect(failure.error.startsWith(error), failure.error).toBe(true);
		expect(failure.error).toContain('[item 0]');
		expect(failure.message).toContain(`Accepted: ${accepted}`);
		expect(failure.error + failure.message).not.toContain('hidden-key');
		expect(failure.details).toMatchObject({ reason: 'invalidParameter', attempts: 0 });
		expect(result.error?.name).toBe('NodeOperationError');
		expect(callLines(result)).toEqual([]);
	});

	it('only the items that are wrong, when the workflow goes on', async () => {
		const { url } = await speak(lab, 'A recording.');
		const items = [{ json: { url } }, { json: { url: '' } }, { json: { url } }];
		const parameters = { operation: 'transcribe', audioUrl: '={{ $json.url }}' };
		const settings = { onError: 'continueErrorOutput' } as const;
		const result = await lab.run(NODE, parameters, { items, settings });
		expect(rowsOf(result)).toHaveLength(3);
		expect(failureRowsOf(result)).toMatchObject([
			{ itemIndex: 1, details: { reason: 'invalidParameter' } },
		]);
	});

	it('takes audio for audio by the name of its file when its type says nothing', async () => {
		const { bytes, text } = await speak(lab, 'A recording.');
		for (const about of [
			{ fileName: 'talk.mp3', mimeType: 'application/octet-stream' },
			{ fileName: 'talk.OGA', mimeType: 'text/plain' },
			{ mimeType: 'application/octet-stream' },
			{ fileName: 'talk', mimeType: 'audio/mpeg; rate=44100' },
		]) {
			const items = [{ binary: { data: await lab.engine.binary.put(bytes, about) } }];
			const result = await lab.run(NODE, { operation: 'transcribe', ...binary }, { items });
			expect(result.rows).toMatchObject([{ text }]);
		}
	});
});
