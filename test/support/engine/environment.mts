export type Environment = Readonly<Record<string, string | undefined>>;

/** Sets (or, for undefined, removes) environment variables; the returned function puts the old ones back. */
export function applyEnvironment(variables: Environment): () => void {
	const before = new Map(Object.keys(variables).map((name) => [name, process.env[name]]));
	for (const [name, value] of Object.entries(variables)) setVariable(name, value);
	return () => {
		for (const [name, value] of before) setVariable(name, value);
	};
}

/** What the surrounding machine says to n8n and to HTTP clients, taken away. */
export function withoutOuterSettings(): Environment {
	const outer = Object.keys(process.env).filter(
		(name) => /^(N8N|EXECUTIONS|QUEUE)_/.test(name) || /^(https?|all|no)_proxy$/i.test(name),
	);
	return Object.fromEntries(outer.map((name) => [name, undefined]));
}

function setVariable(name: string, value: string | undefined): void {
	if (value === undefined) delete process.env[name];
	else process.env[name] = value;
}
