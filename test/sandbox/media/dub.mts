import { createHash } from 'node:crypto';
import type { EncodedPacket, InputTrack } from 'mediabunny';
import { makeClip } from './clip.mts';

async function mux(video: Buffer, audio: Buffer): Promise<Buffer> {
	const media = await import('mediabunny');
	const open = (bytes: Buffer) =>
		new media.Input({ source: new media.BufferSource(bytes), formats: media.ALL_FORMATS });
	const copy = async (track: InputTrack, add: (packet: EncodedPacket) => Promise<void>) => {
		for await (const packet of new media.EncodedPacketSink(track).packets()) await add(packet);
	};

	const videoTrack = await open(video).getPrimaryVideoTrack();
	const audioTrack = await open(audio).getPrimaryAudioTrack();
	const videoCodec = await videoTrack?.getCodec();
	const audioCodec = await audioTrack?.getCodec();
	if (!videoTrack || !audioTrack || !videoCodec || !audioCodec) throw new Error('No such track.');

	const target = new media.BufferTarget();
	const output = new media.Output({ format: new media.Mp4OutputFormat(), target });
	const videoSource = new media.EncodedVideoPacketSource(videoCodec);
	const audioSource = new media.EncodedAudioPacketSource(audioCodec);
	output.addVideoTrack(videoSource);
	output.addAudioTrack(audioSource);
	await output.start();

	const videoMeta = { decoderConfig: (await videoTrack.getDecoderConfig()) ?? undefined };
	const audioMeta = { decoderConfig: (await audioTrack.getDecoderConfig()) ?? undefined };
	// Both at once: the muxer interleaves and waits for the slower track.
	await Promise.all([
		copy(videoTrack, async (packet) => await videoSource.add(packet, videoMeta)).then(() =>
			videoSource.close(),
		),
		copy(audioTrack, async (packet) => await audioSource.add(packet, audioMeta)).then(() =>
			audioSource.close(),
		),
	]);
	await output.finalize();
	if (target.buffer === null) throw new Error('Nothing was written.');
	return Buffer.from(target.buffer);
}

const dubbed = new Map<string, Promise<Buffer>>();
const dubbedLimit = 200;

/**
 * The video's pictures with the given sound, copied packet by packet; a clip of our own where that cannot be.
 * The same sources always give the same file, so they are joined once in the process.
 */
export async function dub(video: Buffer, audio: Buffer): Promise<Buffer> {
	const key = createHash('sha256').update(video).update('|').update(audio).digest('hex');
	let made = dubbed.get(key);
	if (made === undefined) {
		if (dubbed.size >= dubbedLimit) dubbed.clear();
		made = mux(video, audio).catch(async () => await makeClip());
		dubbed.set(key, made);
	}
	return await made;
}
