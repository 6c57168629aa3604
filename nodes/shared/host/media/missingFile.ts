/** How the stores of n8n's versions say that a file does not exist: names of error classes, and codes. */
const MISSING: ReadonlySet<unknown> = new Set([
	'BinaryDataFileNotFoundError',
	'BlobNotFound',
	'ENOENT',
	'EntityNotFoundError',
	'FileNotFoundError',
	'NoSuchKey',
	'NotFound',
]);

const NOT_FOUND = 404;
/** Stores wrap what a disk, a bucket or a database has thrown. */
const MOST_CAUSES = 5;

/** Whether an error says that a file is gone. One that says anything else may pass, and the file with it come back. */
export function saysMissing(error: unknown): boolean {
	let cause = error;
	for (let depth = 0; depth < MOST_CAUSES && isObject(cause); depth++) {
		if (namesMissing(cause)) return true;
		cause = cause.cause;
	}
	return false;
}

function namesMissing(error: Readonly<Record<string, unknown>>): boolean {
	const { name, code, response } = error;
	// n8n's own errors have their name in their class only.
	const className = error instanceof Error ? error.constructor.name : undefined;
	if ([name, code, className].some((said) => MISSING.has(said))) return true;
	// Older versions ask a bucket over HTTP and pass on no more than its status.
	return isObject(response) && response.status === NOT_FOUND;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null;
}
