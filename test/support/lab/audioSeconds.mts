import { decodeMp3 } from '../audio.mts';

/** Duration of an MP3, decoded as a player would, or of a PCM WAV file. Throws for anything that is neither. */
export async function audioSeconds(file: Buffer): Promise<number> {
	if (file.toString('latin1', 0, 4) === 'RIFF') return wavSeconds(file);
	const { samples, sampleRate, problems } = await decodeMp3(file);
	if (problems.length > 0 || samples === 0)
		throw new Error(`no whole MP3: ${problems.join(', ') || 'no frame'}`);
	return samples / sampleRate;
}

function wavSeconds(file: Buffer): number {
	let bytesPerSecond = 0;
	for (let offset = 12; offset + 8 <= file.length; ) {
		const id = file.toString('latin1', offset, offset + 4);
		const size = file.readUInt32LE(offset + 4);
		if (id === 'fmt ') bytesPerSecond = file.readUInt32LE(offset + 16);
		if (id === 'data' && bytesPerSecond > 0) return Math.min(size, file.length) / bytesPerSecond;
		offset += 8 + size + (size % 2);
	}
	throw new Error('a WAV file without a format or without data');
}
