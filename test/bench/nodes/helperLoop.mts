import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { benchNode } from './benchNode.mts';
import { readSpeechTask, speechBody, speechHeaders, type SpeechTask } from './speechTask.mts';

/** What published speech nodes do: one item after the other, n8n's helper, the file as a buffer. */
export const helperLoop: INodeType = benchNode('helperLoop', async function (): Promise<
	INodeExecutionData[]
> {
	const task = readSpeechTask(this);
	const rows: INodeExecutionData[] = [];
	for (const [index, item] of this.getInputData().entries()) {
		rows.push(await speak(this, task, index, item));
	}
	return rows;
});

/** What the HTTP Request node does by default: all items at once; a failed one is a row with its error. */
export const helperAtOnce: INodeType = benchNode('helperAtOnce', async function (): Promise<
	INodeExecutionData[]
> {
	const task = readSpeechTask(this);
	const settled = await Promise.allSettled(
		this.getInputData().map(async (item, index) => await speak(this, task, index, item)),
	);
	return settled.map((result, index) =>
		result.status === 'fulfilled'
			? result.value
			: { json: { error: String(result.reason) }, pairedItem: { item: index } },
	);
});

async function speak(
	host: IExecuteFunctions,
	{ url, token }: SpeechTask,
	index: number,
	item: INodeExecutionData,
): Promise<INodeExecutionData> {
	const audio: Buffer = await host.helpers.httpRequest({
		method: 'POST',
		url,
		headers: speechHeaders(token),
		body: speechBody(item),
		encoding: 'arraybuffer',
	});
	const data = await host.helpers.prepareBinaryData(
		Buffer.from(audio),
		`speech-${index}.mp3`,
		'audio/mpeg',
	);
	return { json: {}, binary: { data }, pairedItem: { item: index } };
}
