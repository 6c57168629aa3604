/** A finished HTTP answer, before a fault may spoil its delivery. */
export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

/** The documented error shape, thrown by whoever finds the request wanting. */
export class ApiProblem extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly extra: Readonly<Record<string, unknown>> = {},
		readonly headers: Readonly<Record<string, string>> = {},
	) {
		super(message);
	}
}

export function jsonAnswer(
	status: number,
	value: unknown,
	headers: Readonly<Record<string, string>> = {},
): Answer {
	return {
		status,
		headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
		body: Buffer.from(JSON.stringify(value)),
	};
}

export function bytesAnswer(
	body: Buffer,
	mimeType: string,
	headers: Readonly<Record<string, string>> = {},
): Answer {
	return { status: 200, headers: { 'content-type': mimeType, ...headers }, body };
}

export function problemAnswer(problem: ApiProblem, requestId: string): Answer {
	const { code, message, extra } = problem;
	return jsonAnswer(problem.status, { code, message, requestId, ...extra }, problem.headers);
}
