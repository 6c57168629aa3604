import { ApiProblem } from '../answer.mts';
import type { Call } from '../call.mts';

const fetchTimeoutMs = 10_000;

/** Reads what a media URL points to, as the service would; a 400 names the field when it cannot be read. */
export async function fetchMedia(call: Call, field: string, url: string): Promise<Buffer> {
	const own = call.state.files.byUrl(url, call.services.mediaBases());
	if (own !== undefined) return own.bytes;
	try {
		const signal = AbortSignal.any([AbortSignal.timeout(fetchTimeoutMs), call.services.shutdown]);
		const response = await fetch(url, {
			signal,
			headers: { 'user-agent': 'sandbox-media-reader' },
		});
		if (!response.ok) throw new Error(`status ${response.status}`);
		return Buffer.from(await response.arrayBuffer());
	} catch (error) {
		const why = error instanceof Error ? error.message : 'unknown';
		const message = `${field}: ${url} cannot be read (${why})`;
		throw new ApiProblem(400, 'invalid_media_url', message, { field });
	}
}
