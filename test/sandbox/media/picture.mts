import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const SIDE = 32;

function chunk(type: string, data: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(named) >>> 0);
	return Buffer.concat([length, named, sum]);
}

/** A small real PNG whose pixels are unique to the text. */
export function makePicture(text: string): Buffer {
	const seed = createHash('sha256').update(text).digest();
	const header = Buffer.alloc(13);
	header.writeUInt32BE(SIDE, 0);
	header.writeUInt32BE(SIDE, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const rows = Array.from({ length: SIDE }, (_row, y) => {
		const pixels = Array.from({ length: SIDE * 3 }, (_value, x) => seed[(x + 5 * y) % 32] ?? 0);
		return Buffer.from([0, ...pixels]);
	});
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(Buffer.concat(rows))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}
