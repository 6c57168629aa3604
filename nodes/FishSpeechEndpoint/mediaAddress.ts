import { mapStrings } from '../shared/api/redact';
import { firstText, isWireObject, type WireObject } from '../shared/api/wire';
import { PLACES, URL_KEYS, VIDEO_KEYS } from '../shared/fishspeech/jobReading';
import type { EndpointRequest } from './endpointRequest';

const MEDIA_KEYS = [...URL_KEYS, ...VIDEO_KEYS, 'imageUrl', 'image_url'];

/** The address of media that a body names and that was not sent with the request. */
export function mediaUrlIn(body: WireObject, sent: ReadonlySet<string>): string | undefined {
	return MEDIA_KEYS.map((key) => firstText(body, [key], PLACES)).find(
		(url) => url !== undefined && !sent.has(url),
	);
}

/** The text at a path such as `data.0.url`. */
export function textAt(body: WireObject | readonly unknown[], path: string): string | undefined {
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
