import { mapStrings } from '../shared/api/redact';
import { firstText, isWireObject, type WireObject } from '../shared/api/wire';
import type { EndpointRequest } from './endpointRequest';

/** In the order of contract §9, rule 4; pictures and videos after them. */
const URL_KEYS = [
	...['audioUrl', 'audio_url', 'resultUrl', 'result_url', 'outputUrl', 'output_url', 'url'],
	...['videoUrl', 'video_url', 'imageUrl', 'image_url'],
];
const PLACES = ['task', 'data', 'result', 'record'];
/** The address of media that a body names and that was not sent with the request. */
export function mediaUrlIn(body: WireObject, sent: ReadonlySet<string>): string | undefined {
	return URL_KEYS.map((key) => firstText(body, [key], PLACES)).find(
		(url) => url !== undefined && !sent.has(url),
	);
}

/** The text at a path such as `data.0.url`. */
export function textAt(body: WireObject, path: string): string | undefined {
	let found: unknown = body;
	for (const step of path.split('.').map((name) => name.trim())) {
		if (Array.isArray(found)) found = found[Number(step)];
		else if (isWireObject(found) && Object.hasOwn(found, step)) found = found[step];
		else return undefined;
	}
	return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined;
}

/** Every text that a request sends. */
export function textsOf({ query, body, form }: EndpointRequest): Set<string> {
	const texts = new Set<string>();
	mapStrings([query, body, form?.fields.map(([, value]) => value)], (text) => {
		texts.add(text);
		return text;
	});
	return texts;
}
