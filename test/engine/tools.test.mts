import { describe, expect, it } from 'vitest';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { useLab, voice } from '../support/lab/index.mts';

describe('Text to Speech as a tool of an agent', () => {
	const lab = useLab();

	async function speak(parameters: INodeParameters) {
		const result = await lab.engine.runAsTool({
			node: 'fishSpeechTextToSpeech',
			nodeName: 'Speak',
			credential: lab.credential,
			parameters: {
				operation: 'synthesize',
				text: "={{ $fromAI('text', 'what to say') }}",
				voiceId: voice('voice_anna'),
				...parameters,
			},
			arguments: { text: 'The kettle boils.' },
		});
		const observed: IDataObject[] = JSON.parse(result.observation);
		return { result, observed };
	}

	it('gives the model the address of the audio, and keeps the file, unless told otherwise', async () => {
		const { result, observed } = await speak({});
		expect(observed).toMatchObject([
			{
				voiceId: 'voice_anna',
				mimeType: 'audio/mpeg',
				audioUrl: expect.stringMatching(/^http:.*\.mp3/),
				files: [{ node: 'Speak', binaryField: 'data', mimeType: 'audio/mpeg' }],
			},
		]);
		const [row] = result.runsOf('Speak')[0]?.data?.['ai_tool']?.[0] ?? [];
		expect((await lab.engine.binary.read(row)).length).toBe(observed[0]?.['bytes']);
		expect(lab.control.charges()).toHaveLength(1);
	});

	it('gives the model the address alone when that is what the user chose', async () => {
		const { observed } = await speak({ delivery: 'url' });
		expect(observed[0]).toMatchObject({ audioUrl: expect.stringMatching(/^http:/) });
		expect(observed[0]).not.toHaveProperty('files');
	});

	it('says where the file is when there is no address', async () => {
		const { observed } = await speak({ delivery: 'file', options: { fileName: 'kettle' } });
		expect(observed[0]).not.toHaveProperty('audioUrl');
		expect(observed[0]?.['files']).toEqual([
			{ node: 'Speak', binaryField: 'data', fileName: 'kettle.mp3', mimeType: 'audio/mpeg' },
		]);
	});

	it('gives the model a message that says what happened when the account is empty', async () => {
		lab.control.setBalances({ apiQuotaRemaining: 0 });
		const { observed } = await speak({});
		expect(observed).toMatchObject([{ error: expect.stringMatching(/402.*(quota|credits)/i) }]);
	});

	it('leaves the rows of a workflow without file references', async () => {
		const { rows } = await lab.run('fishSpeechTextToSpeech', {
			text: 'Hello.',
			voiceId: voice('voice_anna'),
		});
		expect(rows[0]).toMatchObject({ mimeType: 'audio/mpeg' });
		expect(rows[0]).not.toHaveProperty('files');
		expect(rows[0]).not.toHaveProperty('audioUrl');
	});
});
