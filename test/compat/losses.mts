/** What the oldest host cannot do. Each entry names tests of the engine suite by their titles, and the README tells it. */
export interface Loss {
	readonly because: string;
	readonly tests: RegExp;
}

export const losses: readonly Loss[] = [
	{
		because: 'before 2.30 there is no egress filter, so every call has a connection of its own',
		tests: /(transport|media) over undici|runs its parts within the concurrency of the batch/,
	},
	{
		because: 'hosts of 2.35 and before have no place for the cause of a failure',
		tests: /tells n8n why|refuses a wrong parameter of any item before the first request/,
	},
	{
		because: 'before 2.37 n8n does not say how long a poll may take, so it gets 30 seconds',
		tests: /end within the time that n8n gives them/,
	},
	{
		because: 'up to 2.35.0 failed rows leave by the success output',
		tests:
			/goes to the error output, with its input item|in continue mode tries again when the first row failed/,
	},
	{
		because:
			'on Node 24 its HTTP library says of a body that its reader gave up what it says of one that broke off',
		tests: /media over n8n that a store cannot take/,
	},
	{
		because: 'before 2.25 an agent is not told why its tool failed',
		tests: /gives the model a message that says what happened|tells an agent what happened/,
	},
];

/** Files about what only the current host has: the egress filter under both transports. The second package promises no older one. */
export const filesOfCurrentHost: readonly string[] = [
	'test/engine/transports/network.test.mts',
	'test/engine/acedata/**',
];

/** Matches the titles of all tests but those that a loss names. */
export const remainingTests = new RegExp(
	`^(?!.*(?:${losses.map(({ tests }) => tests.source).join('|')})).*$`,
	's',
);
