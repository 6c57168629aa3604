import { describe, expect, it } from 'vitest';
import { z } from 'zod/v4';

import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { clipBytes, speak } from '../support/lab/media.mts';
import { outputOf } from './host/execution.mts';
import { chain, manualTrigger } from './host/workflow.mts';
import { fetchFile, fishSpeechNode } from './support/nodes.mts';
import { useLab } from './support/useLab.mts';

const SPOKEN = 'Nobody but the service may hear this.';

const sentSchema = z.looseObject({ audioUrl: z.url() });

describe('a file of n8n that the service has to read', () => {
	const lab = useLab();

	async function transcribe() {
		const { credentials, sandbox } = lab;
		const { url } = await speak(lab, SPOKEN);
		const parameters = { operation: 'transcribe', audioSource: 'binary', simplify: false };
		const execution = await lab.run(
			chain('Private', [
				manualTrigger(),
				fetchFile('File', url),
				fishSpeechNode('Listen', 'fishSpeechSpeechToText', parameters, { credentials }),
			]),
		);
		const [request] = sandbox.control.requests(ENDPOINTS.transcribe);
		return { execution, signedUrl: new URL(sentSchema.parse(request?.body).audioUrl) };
	}

	it('is fetched from n8n by an address that needs no login', async () => {
		const { execution, signedUrl } = await transcribe();
		expect(signedUrl.origin).toBe(lab.server.baseUrl);
		expect(outputOf(execution, 'Listen')[0]?.json).toMatchObject({ text: SPOKEN });

		const response = await fetch(signedUrl);
		expect(response.headers.get('content-type')).toBe('audio/mpeg');
		const expected = await lab.sandbox.control.audio({ text: SPOKEN });
		expect(Buffer.from(await response.arrayBuffer()).equals(expected.bytes)).toBe(true);
	});

	it('cannot be opened with an address that somebody has changed', async () => {
		const { signedUrl } = await transcribe();
		const token = signedUrl.searchParams.get('token') ?? '';
		signedUrl.searchParams.set('token', `${token.slice(0, -6)}AAAAAA`);
		expect((await fetch(signedUrl)).ok).toBe(false);
	});

	it('leaves its address neither in the output nor in the log', async () => {
		const { execution, signedUrl } = await transcribe();
		const token = signedUrl.searchParams.get('token') ?? 'missing';
		expect(JSON.stringify(outputOf(execution, 'Listen'))).not.toContain(token);
		expect(await lab.server.logText()).not.toContain(token);
	});

	it('may be a video, too', async () => {
		const { credentials, sandbox } = lab;
		const { url: audioUrl } = await speak(lab, SPOKEN);
		const about = { mimeType: 'video/mp4', extension: 'mp4' };
		const clipUrl = await sandbox.control.publishFile({ bytes: await clipBytes(), ...about });
		const parameters = {
			operation: 'createJob',
			videoSource: 'binary',
			audioUrl,
			options: { initialPollSeconds: 0.1 },
		};
		const execution = await lab.run(
			chain('Dub', [
				manualTrigger(),
				fetchFile('Clip', clipUrl, 'video'),
				fishSpeechNode('Dub', 'fishSpeechLipSync', parameters, { credentials }),
			]),
		);
		expect(outputOf(execution, 'Dub')[0]?.json).toMatchObject({ state: 'succeeded' });
	});
});
