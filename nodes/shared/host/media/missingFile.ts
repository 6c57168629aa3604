import { causes } from '../../api/causes';
import { isWireObject } from '../../api/wire';

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

/** Whether an error says that a file is gone. One that says anything else may pass, and the file with it come back. */
export function saysMissing(error: unknown): boolean {
	return causes(error).some(namesMissing);
}

function namesMissing(error: unknown): boolean {
	if (!isWireObject(error)) return false;
	const { name, code, response } = error;
	// n8n's own errors have their name in their class only.
	const className = error instanceof Error ? error.constructor.name : undefined;
	if ([name, code, className].some((said) => MISSING.has(said))) return true;
	// Older versions ask a bucket over HTTP and pass on no more than its status.
	return isWireObject(response) && response.status === NOT_FOUND;
}
