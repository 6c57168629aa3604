/** What the oldest host cannot do. Each entry names tests of the engine suite by their titles, and the README tells it. */
export interface Loss {
	readonly because: string;
	readonly tests: RegExp;
}

export const losses: readonly Loss[] = [
	{
		because:
			'before 2.30 there is no egress filter, so every call goes over a connection of its own',
		tests: /runs its parts within the concurrency of the batch/,
	},
	{
		because: 'hosts of 2.35 and before have no place for the cause of a failure',
		tests: /tells n8n why|refuses a wrong parameter of any item before the first request/,
	},
	{
		because: 'before 2.25 an agent is not told why its tool failed',
		tests: /gives the model a message that says what happened/,
	},
];

/** Matches the titles of all tests but those that a loss names. */
export const remainingTests = new RegExp(
	`^(?!.*(?:${losses.map(({ tests }) => tests.source).join('|')})).*$`,
	's',
);
