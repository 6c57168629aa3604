import { describe, expect, it } from 'vitest';
import { createJob, rowsOf, synthesize, useLab, waitForJob } from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const lab = useLab();

/** Texts that stand by chance in IDs, addresses and the names of fields. */
const SHORT_TEXTS = [
	'task',
	'job',
	'audio',
	'url',
	'mp3',
	'voice',
	'http',
	'127',
	'queue',
	'files',
];

describe('a text that stands by chance in what a row says', () => {
	it.each(SHORT_TEXTS)('leaves the ID of its job as it is: %s', async (text) => {
		const parameters = createJob({ waitForCompletion: false });
		const { rows } = await lab.run(NODE, parameters, { items: [{ json: { text } }] });
		const jobId = lab.control.jobIds('speech').at(-1);
		expect(rows).toMatchObject([{ jobId, format: 'mp3', voiceId: 'voice_123' }]);
		const waited = await lab.run(NODE, waitForJob(), { items: [{ json: { jobId } }] });
		expect(waited.error?.message).toBeUndefined();
	});

	it.each(SHORT_TEXTS)('leaves the address of its audio as it is: %s', async (text) => {
		const parameters = synthesize({ delivery: 'url' });
		const [row] = rowsOf(await lab.run(NODE, parameters, { items: [{ json: { text } }] }));
		const answer = await fetch(String(row?.json.audioUrl));
		expect(answer.status).toBe(200);
	});
});
