import type { Random } from '../random.mts';

export interface MutatedAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values of every type, and those that trip readers up. */
const STRANGERS: readonly Json[] = [
	null,
	true,
	false,
	0,
	-1,
	1.5,
	1e308,
	'',
	' ',
	'0',
	'12',
	'NaN',
	'Infinity',
	'-',
	'\u0000',
	'\ud800',
	'null',
	'completed',
	'failed',
	'CANCELED',
	'https://media.example.org/a.mp3?signature=x',
	'javascript:alert(1)',
	'//elsewhere',
	[],
	[[]],
	{},
	{ id: {} },
	{ message: { message: { message: 'deep' } } },
];

const KEYS = [
	...['id', 'taskId', 'status', 'state', 'task', 'data', 'record', 'result', 'items', 'error'],
	...['code', 'message', 'audio_url', 'audioUrl', 'url', 'text', 'duration', 'segments', 'voice'],
	...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON'],
];

const LABELS = [
	...[
		'application/json',
		'application/json; charset=utf-16',
		'text/html',
		'text/plain',
		'audio/mpeg',
	],
	...[
		'audio/wav',
		'video/mp4',
		'application/octet-stream',
		'',
		'nonsense',
		'application/problem+json',
	],
];

const STATUSES = [200, 200, 200, 201, 202, 204, 206, 299, 301, 400, 404, 409, 429, 500, 503, 599];

/** A valid body with one to four things wrong with it: in its values, in its text, in its bytes, in its headers. */
export function mutate(valid: Json, random: Random): MutatedAnswer {
	let value: Json = structuredClone(valid);
	for (let times = random.below(4); times >= 0; times--) value = changed(value, random);
	let text = JSON.stringify(value);
	if (random.chance(0.3)) text = respelt(text, random);
	let body: Buffer = Buffer.from(text);
	if (random.chance(0.2)) body = damaged(body, random);
	const status = random.chance(0.25) ? random.pick(STATUSES) : 200;
	const headers: Record<string, string> = {
		'content-type': random.chance(0.3) ? random.pick(LABELS) : 'application/json',
	};
	if (random.chance(0.03))
		headers['content-encoding'] = random.pick(['gzip', 'br', 'x', 'identity']);
	if (random.chance(0.05)) headers['retry-after'] = random.pick(['1', '-1', 'soon', '1e9', '']);
	return { status, headers, body: status === 204 ? Buffer.alloc(0) : body };
}

function changed(value: Json, random: Random): Json {
	if (random.chance(0.05)) return random.pick(STRANGERS);
	if (random.chance(0.02)) return nested(value, 1 + random.below(50));
	if (random.chance(0.02)) return [value];
	if (Array.isArray(value)) {
		if (value.length === 0 || random.chance(0.1)) return [...value, random.pick(STRANGERS)];
		const index = random.below(value.length);
		return value.map((entry, at) => (at === index ? changed(entry, random) : entry));
	}
	if (typeof value !== 'object' || value === null) return random.pick(STRANGERS);
	const keys = Object.keys(value);
	const key = keys.length > 0 && random.chance(0.7) ? random.pick(keys) : random.pick(KEYS);
	const { [key]: old = null, ...others } = value;
	const fate = random.below(5);
	if (fate === 0) return others;
	if (fate === 1) return { ...others, [random.pick(KEYS)]: old };
	if (fate === 2) return { ...others, [key]: 'x'.repeat(random.below(20_000)) };
	if (fate === 3) return { ...others, [key]: changed(old, random) };
	return { ...others, [key]: random.pick(STRANGERS) };
}

function nested(value: Json, depth: number): Json {
	let outer = value;
	for (let level = 0; level < depth; level++) outer = level % 2 === 0 ? [outer] : { data: outer };
	return outer;
}

/** JSON that `JSON.stringify` would not write. */
function respelt(text: string, random: Random): string {
	switch (random.below(9)) {
		case 0:
			return `\uFEFF${text}`;
		case 1:
			return text.replace('{', `{"${random.pick(KEYS)}":1,"${random.pick(KEYS)}":"b",`);
		case 2:
			return text.replace(/\d+/, '1e999');
		case 3:
			return `${' '.repeat(random.below(100))}\n${text}\n\n`;
		case 4:
			return text.slice(0, random.below(text.length + 1));
		case 5:
			return `${text}${text}`;
		case 6:
			return `<!doctype html><html>${text}</html>`;
		case 7: {
			// Deeper than anything that is read by recursion could go.
			const depth = random.below(50_000);
			return `${'{"data":'.repeat(depth)}${text}${'}'.repeat(depth)}`;
		}
		default:
			return text.replaceAll('"', "'");
	}
}

function damaged(bytes: Buffer, random: Random): Buffer {
	const copy = Buffer.from(bytes);
	for (let times = random.below(8); times >= 0; times--) {
		if (copy.length === 0) break;
		copy[random.below(copy.length)] = random.below(256);
	}
	// Bytes that are no UTF-8.
	return random.chance(0.3) ? Buffer.concat([copy, Buffer.from([0xc3, 0x28, 0xff, 0xfe])]) : copy;
}
