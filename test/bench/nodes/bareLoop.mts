import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { Agent, request } from 'undici';
import { benchNode } from './benchNode.mts';
import { readSpeechTask, speechBody, speechHeaders } from './speechTask.mts';

const dispatcher = new Agent();

/** The least that the work costs: undici, k requests at a time, streamed into n8n's store. No checks, no retries. */
export const bareLoop: INodeType = benchNode('bareLoop', async function (): Promise<
	INodeExecutionData[]
> {
	const items = this.getInputData();
	const { url, token, concurrency } = readSpeechTask(this);
	const rows: INodeExecutionData[] = new Array(items.length);
	const waiting = items.entries();
	const work = async () => {
		for (const [index, item] of waiting) rows[index] = await speak(this, index, item);
	};
	const speak = async (host: IExecuteFunctions, index: number, item: INodeExecutionData) => {
		const { statusCode, body } = await request(url, {
			dispatcher,
			method: 'POST',
			headers: speechHeaders(token),
			body: speechBody(item),
		});
		if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
		const data = await host.helpers.prepareBinaryData(body, `speech-${index}.mp3`, 'audio/mpeg');
		return { json: {}, binary: { data }, pairedItem: { item: index } };
	};
	await Promise.all(Array.from({ length: concurrency }, work));
	return rows;
});
