import type { Logger, LogMetadata } from 'n8n-workflow';

export function say(line = ''): void {
	process.stdout.write(`${line}\n`);
}

function showCall(message: string, about: LogMetadata = {}): void {
	if (!/^(FishSpeech|AceDataCloud) call/.test(message)) return;
	const { item, method, path, status, durationMs, reason } = about;
	const call = `${String(method)} ${String(path)}`.padEnd(32);
	const outcome = `${String(status ?? '---')} ${reason === undefined ? '' : String(reason)}`;
	const took = `${Math.round(Number(durationMs))} ms`.padStart(9);
	const who = item === undefined ? 'all items' : `item ${String(item).padEnd(3)}`;
	say(`  ${who} ${call} ${took}  ${outcome.trimEnd()}`);
}

/** Shows each call of the nodes as it ends, from the very lines that they write to n8n's log. */
export const progressLogger: Logger = {
	debug: showCall,
	warn: showCall,
	info: () => {},
	error: (message) => say(`  ${message}`),
};
