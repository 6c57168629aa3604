/** "1 second" or "2.5 seconds", for messages. */
export function durationText(durationMs: number): string {
	const seconds = durationMs / 1_000;
	return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}
