import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { subtitleFiles } from '../../../nodes/FishSpeechTextToSpeech/spokenSubtitles.ts';
import { BinaryStore } from '../../../nodes/shared/host/media/binaryStore.ts';

const SPOKEN = [{ text: 'Good morning.', startSeconds: 0, durationSeconds: 1.5 }];
const WANTED = { format: 'srt', field: 'subtitles' } as const;

/** A call whose store does this with a file, and what it has told the user. */
function callWith(prepareBinaryData: (content: Buffer, name: string) => Promise<IBinaryData>) {
	const hints: string[] = [];
	const host = { helpers: { prepareBinaryData } } as unknown as IExecuteFunctions;
	const hint = (message: string) => {
		hints.push(message);
	};
	return { call: { binaries: new BinaryStore(host), itemIndex: 3, hint }, hints };
}

describe('the subtitles of audio that is paid for', () => {
	it('are one file, named like the audio', async () => {
		const { call, hints } = callWith(async (content, fileName) => ({
			data: content.toString('utf8'),
			mimeType: 'text/plain',
			fileName,
		}));
		const { subtitles } = await subtitleFiles(SPOKEN, WANTED, 'news', call);
		expect(subtitles).toMatchObject({
			fileName: 'news.srt',
			data: '1\n00:00:00,000 --> 00:00:01,500\nGood morning.\n\n',
		});
		expect(hints).toEqual([]);
	});

	const broken = async (): Promise<IBinaryData> => {
		throw new Error('disk full');
	};

	it.each([
		['n8n cannot store them', SPOKEN, 'n8n could not store the file'],
		['the audio cannot be measured', undefined, 'its audio cannot be measured'],
		['nothing in the text can be shown', [{ ...SPOKEN[0], text: ' ' }], 'its text has no words'],
	])('are left out with a hint, and nothing fails, where %s', async (_what, spoken, why) => {
		const { call, hints } = callWith(broken);
		expect(await subtitleFiles(spoken as typeof SPOKEN, WANTED, 'news', call)).toEqual({});
		expect(hints).toEqual([`Item 3 has no subtitles, because ${why}.`]);
	});

	it('are not made where nobody wants them', async () => {
		const { call, hints } = callWith(broken);
		expect(await subtitleFiles(SPOKEN, undefined, 'news', call)).toEqual({});
		expect(hints).toEqual([]);
	});
});
