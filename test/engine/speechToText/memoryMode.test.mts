import { describe, expect, it } from 'vitest';
import {
	callLines,
	ENDPOINTS,
	failureOf,
	ledgerOf,
	speak,
	storeAudio,
	useLab,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechSpeechToText';
const TEXT = 'Kept in memory.';

const lab = useLab({ engine: { binaryMode: 'default' } });

describe('transcribe, where n8n keeps files in memory,', () => {
	it('refuses a binary field before anything is sent and names the setting', async () => {
		const { bytes } = await speak(lab, TEXT);
		const items = [{ binary: { data: await storeAudio(lab, bytes) } }];
		const parameters = { operation: 'transcribe', audioSource: 'binary' };
		const result = await lab.run(NODE, parameters, { items });
		const { error, message, details } = failureOf(result);
		expect(error).toContain('this n8n keeps files in memory');
		expect(message).toContain('N8N_DEFAULT_BINARY_DATA_MODE=filesystem');
		expect(details).toMatchObject({ reason: 'invalidParameter', attempts: 0 });
		expect(callLines(result)).toEqual([]);
	});

	it('keeps a paid transcript for the next try although its subtitles are not kept', async () => {
		const { url } = await speak(lab, TEXT);
		lab.control.addFaults({
			match: { path: ENDPOINTS.transcribe, nth: 2 },
			do: { kind: 'status', status: 422 },
		});
		const parameters = {
			operation: 'transcribe',
			audioUrl: url,
			subtitles: 'srt',
			options: { concurrency: 1 },
		};
		const items = [{}, {}];
		const failed = await lab.run(NODE, parameters, { items });
		expect(failed.status).toBe('error');
		expect(Object.keys(ledgerOf(failed))).toHaveLength(2);
		const retried = await lab.engine.retry(failed);
		expect(retried.rows).toMatchObject([{ text: TEXT }, { text: TEXT }]);
		const [first] = retried.outputs[0] ?? [];
		expect((await lab.engine.binary.read(first, 'subtitles')).toString()).toContain(TEXT);
		expect(
			lab.control.requests(ENDPOINTS.transcribe).filter(({ accepted }) => accepted),
		).toHaveLength(2);
	});
});
