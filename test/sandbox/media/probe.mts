import { createHash } from 'node:crypto';

export interface MediaFacts {
	readonly hasVideo: boolean;
	readonly hasAudio: boolean;
	readonly durationSeconds: number;
}

const known = new Map<string, Promise<MediaFacts | undefined>>();
const knownLimit = 2_000;

async function read(bytes: Buffer): Promise<MediaFacts | undefined> {
	const { ALL_FORMATS, BufferSource, Input } = await import('mediabunny');
	const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
	if (!(await input.canRead())) return undefined;
	const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
	return {
		hasVideo: video !== null,
		hasAudio: audio !== null,
		durationSeconds: await input.computeDuration(),
	};
}

/** What is in a media file; undefined when it is none. */
export async function probe(bytes: Buffer): Promise<MediaFacts | undefined> {
	const hash = createHash('sha256').update(bytes).digest('hex');
	let facts = known.get(hash);
	if (facts === undefined) {
		// A file that breaks the reader half-way is as little media as one that it refuses.
		facts = read(bytes).catch(() => undefined);
		if (known.size >= knownLimit) known.clear();
		known.set(hash, facts);
	}
	return await facts;
}
