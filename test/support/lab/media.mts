import type { IBinaryData } from 'n8n-workflow';
import { ENDPOINTS } from '../../sandbox/endpoints.mts';
import { makeClip, type Sandbox } from '../../sandbox/server.mts';
import type { Lab } from './lab.mts';
import { callBesideN8n } from './otherClient.mts';

type WithSandbox = { readonly sandbox: Sandbox };

/** Speech that this lab's sandbox has spoken, and so can transcribe: the text, the bytes, an address of its own. */
export interface Spoken {
	readonly text: string;
	readonly bytes: Buffer;
	readonly url: string;
}

export async function speak(lab: WithSandbox, text: string): Promise<Spoken> {
	const order = { text, voiceId: 'voice_123', format: 'mp3' };
	const bytes = await callBesideN8n(lab, ENDPOINTS.synthesize, order);
	const url = await lab.sandbox.control.publishFile({
		bytes,
		mimeType: 'audio/mpeg',
		extension: 'mp3',
	});
	return { text, bytes, url };
}

let clip: Promise<Buffer> | undefined;

/** A small video, made once in the process, at an address of the sandbox. */
export async function publishClip({ sandbox }: WithSandbox): Promise<string> {
	const bytes = await clipBytes();
	return await sandbox.control.publishFile({ bytes, mimeType: 'video/mp4', extension: 'mp4' });
}

export async function clipBytes(): Promise<Buffer> {
	clip ??= makeClip();
	return await clip;
}

/** Files in n8n's store, as an earlier node would have put them there. */
export async function storeAudio(
	lab: Lab,
	bytes: Buffer,
	fileName = 'talk.mp3',
): Promise<IBinaryData> {
	return await lab.engine.binary.put(bytes, { fileName, mimeType: 'audio/mpeg' });
}

export async function storeClip(lab: Lab): Promise<IBinaryData> {
	const about = { fileName: 'clip.mp4', mimeType: 'video/mp4' };
	return await lab.engine.binary.put(await clipBytes(), about);
}
