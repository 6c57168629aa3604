import type { INodeExecutionData } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import {
	audioSeconds,
	dialogue,
	ENDPOINTS,
	synthesize,
	useLab,
	type Lab,
} from '../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const SENTENCES = [
	'The harbour bridge opens at noon, and whoever wants to see it should be there early.',
	'Cyclists go first.',
	'The old ferry sails for the last time on Sunday; it will be missed by everybody here.',
];
const TEXT = SENTENCES.join(' ');
const item = { json: { text: TEXT } };

interface Cue {
	readonly startSeconds: number;
	readonly endSeconds: number;
	readonly text: string;
}

async function srtOf(
	lab: Lab,
	row: INodeExecutionData | undefined,
	field?: string,
): Promise<Cue[]> {
	const text = (await lab.engine.binary.read(row, field ?? 'subtitles')).toString('utf8');
	return text
		.trim()
		.split('\n\n')
		.map((block) => {
			const [, times = '', ...lines] = block.split('\n');
			const [start = '', end = ''] = times.split(' --> ');
			return {
				startSeconds: secondsOf(start),
				endSeconds: secondsOf(end),
				text: lines.join(' '),
			};
		});
}

function secondsOf(timestamp: string): number {
	const [hours = '', minutes = '', seconds = ''] = timestamp.replace(',', '.').split(':');
	return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

describe('subtitles of made speech', () => {
	const lab = useLab();

	it.each(['file', 'fileViaUrl'])(
		'come beside the audio and last as long as it: delivery %s',
		async (delivery) => {
			const result = await lab.run(NODE, synthesize({ delivery, subtitles: 'srt' }), {
				items: [item],
			});
			const [row] = result.outputs[0] ?? [];
			expect(Object.keys(row?.binary ?? {})).toEqual(['data', 'subtitles']);
			expect(row?.binary?.['subtitles']?.fileName).toBe(
				row?.binary?.['data']?.fileName?.replace('.mp3', '.srt'),
			);
			const cues = await srtOf(lab, row);
			expect(cues.map(({ text }) => text).join(' ')).toBe(TEXT);
			expect(cues[0]?.startSeconds).toBe(0);
			const seconds = await audioSeconds(await lab.engine.binary.read(row));
			expect(Math.abs((cues.at(-1)?.endSeconds ?? 0) - seconds)).toBeLessThan(0.06);
			expect(lab.control.charges()).toHaveLength(1);
			expect(lab.control.requests(ENDPOINTS.transcribe)).toEqual([]);
		},
	);

	it('come as WebVTT, in the field and under the name that the user wants', async () => {
		const parameters = synthesize({
			subtitles: 'vtt',
			subtitlesBinaryField: 'captions',
			options: { fileName: 'bridge' },
		});
		const [row] = (await lab.run(NODE, parameters, { items: [item] })).outputs[0] ?? [];
		expect(row?.binary?.['captions']).toMatchObject({
			fileName: 'bridge.vtt',
			mimeType: 'text/vtt',
		});
		const text = (await lab.engine.binary.read(row, 'captions')).toString('utf8');
		expect(text).toMatch(/^WEBVTT\n\n00:00:00\.000 --> /);
	});

	it('begin and end with the parts of a long text, and leave its pauses free', async () => {
		const parameters = synthesize({
			subtitles: 'srt',
			format: 'wav',
			options: { splitTextAt: 90, pauseBetweenPartsMs: 700 },
		});
		const [row] = (await lab.run(NODE, parameters, { items: [item] })).outputs[0] ?? [];
		const parts = lab.control
			.requests(ENDPOINTS.synthesize)
			.map(({ body }) => (body as { text: string }).text);
		expect(parts.length).toBeGreaterThan(1);
		const inOrder = [...parts].sort((a, b) => TEXT.indexOf(a) - TEXT.indexOf(b));
		const cues = await srtOf(lab, row);
		let startSeconds = 0;
		for (const text of inOrder) {
			const own = cues.filter((cue) => text.includes(cue.text));
			const audio = await lab.control.audio({ text, voiceId: 'voice_123', format: 'wav' });
			const endSeconds = startSeconds + (await audioSeconds(audio.bytes));
			expect(own[0]?.startSeconds).toBeCloseTo(startSeconds, 2);
			expect(own.at(-1)?.endSeconds).toBeCloseTo(endSeconds, 2);
			startSeconds = endSeconds + 0.7;
		}
		expect(row?.json['durationSeconds']).toBeCloseTo(startSeconds - 0.7, 2);
	});

	it('show the lines of a dialogue when the row says that they are spoken', async () => {
		const lines = [
			{ speaker: 'Anna', text: 'Cyclists go first.' },
			{ speaker: 'Boris', text: 'Of course.' },
		];
		const result = await lab.run(NODE, dialogue({ subtitles: 'srt' }), {
			items: [{ json: { lines } }],
		});
		const [row] = result.outputs[0] ?? [];
		const times = (await srtOf(lab, row)).map(({ text: _text, ...time }) => time);
		const told = row?.json['cues'] as unknown as Array<Cue & { speaker: string }>;
		expect(times).toEqual(told.map(({ speaker: _speaker, ...time }) => time));
	});

	it('are not made of audio that cannot be measured, which is delivered with a hint', async () => {
		const parameters = synthesize({ format: 'opus', subtitles: 'srt' });
		lab.control.addFaults({
			match: { path: ENDPOINTS.synthesize },
			do: { kind: 'raw', contentType: 'audio/opus', body: 'OggS, but not really', accept: true },
		});
		const result = await lab.run(NODE, parameters, { items: [item] });
		const [row] = result.outputs[0] ?? [];
		expect(Object.keys(row?.binary ?? {})).toEqual(['data']);
		expect(result.hints.map(({ message }) => message).join(' ')).toContain(
			'Item 0 has no subtitles, because its audio cannot be measured.',
		);
	});

	it.each([
		['the audio', synthesize({ subtitles: 'srt' }), 1],
		[
			'a dialogue',
			dialogue({ lines: 'Anna: Good morning.\nBoris: Good evening.', subtitles: 'srt' }),
			3,
		],
	])('that n8n cannot store are left out with a hint, beside %s', async (_what, speech, after) => {
		const mended = lab.engine.binary.failStoring(new Error('It says no.'), { after });
		const result = await lab.run(NODE, speech, { items: [item] });
		mended();
		expect(result.error?.message).toBeUndefined();
		expect(Object.keys(result.outputs[0]?.[0]?.binary ?? {})).toEqual(['data']);
		expect(result.hints.map(({ message }) => message)).toContain(
			'Item 0 has no subtitles, because n8n could not store the file.',
		);
	});

	it('are not offered where the row has an address only', async () => {
		const result = await lab.run(NODE, synthesize({ delivery: 'url', subtitles: 'srt' }), {
			items: [item],
		});
		expect(result.outputs[0]?.[0]?.binary).toBeUndefined();
		expect(result.rows[0]).toHaveProperty('audioUrl');
	});

	it('cannot take the field of the audio', async () => {
		const parameters = synthesize({ subtitles: 'srt', subtitlesBinaryField: 'data' });
		const result = await lab.run(NODE, parameters, { items: [item] });
		expect(result.error?.message).toContain(
			'Parameter "Subtitles Data Field Name" is "data", which is the field of the audio [item 0].',
		);
		expect(lab.control.requests()).toEqual([]);
	});
});

describe('subtitles where n8n keeps binaries in memory', () => {
	const lab = useLab({ engine: { binaryMode: 'default' } });

	it('come all the same, of a dialogue too', async () => {
		const lines = 'Anna: Cyclists go first.\nBoris: Of course.';
		const result = await lab.run(NODE, dialogue({ subtitles: 'srt' }), {
			items: [{ json: { lines } }],
		});
		const [row] = result.outputs[0] ?? [];
		const subtitles = Buffer.from(row?.binary?.['subtitles']?.data ?? '', 'base64').toString(
			'utf8',
		);
		expect(subtitles).toContain('Of course.');
		expect(
			await audioSeconds(Buffer.from(row?.binary?.['data']?.data ?? '', 'base64')),
		).toBeGreaterThan(1);
	});
});
