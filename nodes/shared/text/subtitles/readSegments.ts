/** One stretch of speech; `endSeconds` is absent where the service named no usable one. */
export interface Segment {
	readonly startSeconds: number;
	readonly endSeconds?: number;
	readonly text: string;
}

export interface SegmentReading {
	/** Those with text and a start, ordered by it. */
	readonly segments: readonly Segment[];
	/** How many had text, but no time: with no segment left there can be no subtitles. */
	readonly withoutTimes: number;
}

const MILLISECONDS_PER_SECOND = 1000;
/** "start", "startTime", "start_ms", "startTimeMs", "endSeconds", … without case and separators. */
const TIME_KEY =
	/^(start|begin|end)(?:time|timestamp)?(?:in)?(s|secs?|seconds|ms|msecs?|millis|milliseconds)?$/;
const BLANKS = /[\s\p{Cc}]+/gu;

/**
 * Segments of a transcript, whose shape varies by provider (API contract §5): times in seconds, or in milliseconds where
 * the field's name says so, as numbers or numeric strings; text in `text` or `content`. Whatever cannot be read is left
 * out, never an error.
 */
export function readSegments(segments: readonly unknown[]): SegmentReading {
	const read = segments.map(readSegment).filter(({ text }) => text !== '');
	const timed = read.flatMap(({ start, end, text }): Segment[] => {
		if (start === undefined) return [];
		const hasEnd = end !== undefined && end > start;
		return [{ startSeconds: start, text, ...(hasEnd && { endSeconds: end }) }];
	});
	return {
		segments: timed.sort((a, b) => a.startSeconds - b.startSeconds),
		withoutTimes: read.length - timed.length,
	};
}

function readSegment(segment: unknown): { start?: number; end?: number; text: string } {
	if (typeof segment === 'string') return { text: cleanText(segment) };
	if (typeof segment !== 'object' || segment === null) return { text: '' };
	const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(segment));
	const text = cleanText(fields.get('text')) || cleanText(fields.get('content'));
	let start: number | undefined;
	let end: number | undefined;
	for (const [name, value] of fields) {
		const [, edge, unit = 's'] = TIME_KEY.exec(name.toLowerCase().replace(/[_-]/g, '')) ?? [];
		if (edge === undefined) continue;
		const seconds = readSeconds(value, unit.startsWith('m') ? MILLISECONDS_PER_SECOND : 1);
		if (edge === 'end') end ??= seconds;
		else start ??= seconds;
	}
	return { start, end, text };
}

function readSeconds(value: unknown, unitsPerSecond: number): number | undefined {
	const isNumeric = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	const seconds = isNumeric ? Number(value) / unitsPerSecond : NaN;
	// Negative ones are placeholders for "unknown".
	return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function cleanText(value: unknown): string {
	return typeof value === 'string' ? oneLine(value) : '';
}

/** A blank line inside a cue would end it in both file formats. */
export function oneLine(text: string): string {
	return text.replace(BLANKS, ' ').trim();
}
