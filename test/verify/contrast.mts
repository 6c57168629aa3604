/** The canvas of n8n's editor behind an icon. */
export const BACKGROUNDS = { light: '#ffffff', dark: '#2b2b2b' } as const;

/** The newest rules want an icon to have one colour of at least this contrast. */
export const MIN_CONTRAST = 1.5;

/**
 * The best contrast of an icon's colours on a background, as WCAG counts it: 1 (the same) to 21 (black on white).
 * Only six-digit and three-digit hexadecimal colours count; an icon without any has 1.
 */
export function iconContrast(svg: string, background: string): number {
	const colors = [...svg.matchAll(/(?:fill|stroke|stop-color)\s*[=:]\s*["']?(#[0-9a-f]{3,6})\b/gi)];
	return Math.max(1, ...colors.map(([, color = '']) => contrast(color, background)));
}

function contrast(first: string, second: string): number {
	const [dark = 0, light = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
	const [red = 0, green = 0, blue = 0] = channels(color).map((channel) =>
		channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
	);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): number[] {
	const digits = color.slice(1);
	const pairs =
		digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g);
	return (pairs ?? []).map((pair) => Number.parseInt(pair, 16) / 255);
}
