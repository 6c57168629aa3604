const headerBytes = 44;

/** 16-bit mono PCM in one RIFF container. */
export function wavFile(samples: Int16Array, sampleRate: number): Buffer {
	const dataBytes = samples.length * 2;
	const file = Buffer.alloc(headerBytes + dataBytes);
	file.write('RIFF', 0, 'latin1');
	file.writeUInt32LE(headerBytes - 8 + dataBytes, 4);
	file.write('WAVEfmt ', 8, 'latin1');
	file.writeUInt32LE(16, 16);
	file.writeUInt16LE(1, 20);
	file.writeUInt16LE(1, 22);
	file.writeUInt32LE(sampleRate, 24);
	file.writeUInt32LE(sampleRate * 2, 28);
	file.writeUInt16LE(2, 32);
	file.writeUInt16LE(16, 34);
	file.write('data', 36, 'latin1');
	file.writeUInt32LE(dataBytes, 40);
	for (let index = 0; index < samples.length; index += 1) {
		file.writeInt16LE(samples[index] ?? 0, headerBytes + index * 2);
	}
	return file;
}
