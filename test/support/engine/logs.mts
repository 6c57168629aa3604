import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger, LogMetadata } from 'n8n-workflow';

export type LogLevel = keyof Logger;

export interface LogLine {
	readonly level: LogLevel;
	readonly message: string;
	readonly metadata: LogMetadata;
	/** `node`: written through a node's `this.logger`; `n8n`: by the engine and its services. */
	readonly source: 'node' | 'n8n';
}

export interface ScopedLogger extends Logger {
	scoped(): ScopedLogger;
}

/** Keeps every line, prints none, and knows which run a line belongs to even when runs overlap. */
export class LogRecorder {
	readonly lines: LogLine[] = [];
	private readonly currentRun = new AsyncLocalStorage<LogLine[]>();

	/** `sink` gets every line too, e.g. the console while debugging a test. */
	constructor(private readonly sink?: Logger) {}

	/** A logger as n8n's container hands it out. */
	logger(source: LogLine['source']): ScopedLogger {
		const write =
			(level: LogLevel) =>
			(message: string, metadata: LogMetadata = {}) => {
				this.record({ level, message, metadata: { ...metadata }, source });
			};
		const logger: ScopedLogger = {
			error: write('error'),
			warn: write('warn'),
			info: write('info'),
			debug: write('debug'),
			scoped: () => logger,
		};
		return logger;
	}

	/** Runs `work` and collects in `lines` what is logged by it, beside the engine's own list. */
	during<T>(lines: LogLine[], work: () => T): T {
		return this.currentRun.run(lines, work);
	}

	clear(): void {
		this.lines.length = 0;
	}

	private record(line: LogLine): void {
		this.lines.push(line);
		this.currentRun.getStore()?.push(line);
		this.sink?.[line.level](line.message, line.metadata);
	}
}

/** The engine's per-node progress lines say nothing about the package and would be most of all lines. */
export function withoutDebug(logger: Logger): Logger {
	return { ...logger, debug: () => {} };
}
