import { describe, expect, it } from 'vitest';
import { ENDPOINTS, ledgerOf, useLab } from '../../support/lab/index.mts';

const lab = useLab({ engine: { binaryMode: 'default' } });

describe('create, where n8n keeps files in memory,', () => {
	it('sends them all the same, and tells two recordings apart by their bytes', async () => {
		const about = { fileName: 'anna.wav', mimeType: 'audio/wav' };
		const recordings = ['one', 'two'].map((text) => Buffer.from(text));
		const items = await Promise.all(
			recordings.map(async (bytes) => ({
				binary: { data: await lab.engine.binary.put(bytes, about) },
			})),
		);
		lab.control.addFaults({
			match: { path: ENDPOINTS.createVoice, nth: 2 },
			do: { kind: 'status', status: 429 },
		});
		const parameters = {
			operation: 'create',
			name: 'Anna',
			options: { concurrency: 1, maxRetries: 0 },
		};
		const failed = await lab.run('fishSpeechVoices', parameters, { items });
		expect(Object.values(ledgerOf(failed))[0]).toHaveProperty('sealed');
		const retried = await lab.engine.retry(failed);
		expect(retried.rows).toHaveLength(2);
		const accepted = lab.control
			.requests(ENDPOINTS.createVoice)
			.filter((request) => request.accepted);
		expect(accepted).toHaveLength(2);
	});
});
