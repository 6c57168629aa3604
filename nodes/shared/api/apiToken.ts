/** What is wrong with an API token, as a sentence for the user, or `undefined` when it can be sent. */
export function apiTokenProblem(token: string): string | undefined {
	const trimmed = token.trim();
	if (trimmed === '') return 'The API token is empty.';
	// A header cannot hold other characters. HTTP libraries then fail as if the connection had broken off.
	if (!/^[\x21-\x7e]+$/.test(trimmed))
		return 'The API token contains a space, a line break or another character that no token has, perhaps an invisible one. Copy it again from your account.';
	return undefined;
}
