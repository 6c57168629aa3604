/** Where a database server is, and as whom to speak to it. */
export interface ServerAddress {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: string;
}

/** `postgres://user:password@host:port`, `redis://:password@host:port`. */
export function addressOf(url: string): ServerAddress {
	const { hostname, port, username, password } = new URL(url);
	return {
		host: hostname,
		port: Number(port),
		user: decodeURIComponent(username),
		password: decodeURIComponent(password),
	};
}
