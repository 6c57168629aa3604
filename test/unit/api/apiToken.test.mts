import { describe, expect, it } from 'vitest';
import { apiTokenProblem } from '../../../nodes/shared/api/apiToken.ts';

describe('an API token', () => {
	it.each(['fs_live_0123456789', ' fs_live_0123456789\n', 'a.b-c~d+e/f=='])(
		'may be "%s"',
		(token) => {
			expect(apiTokenProblem(token)).toBeUndefined();
		},
	);

	it.each([
		['', 'is empty'],
		[' \n', 'is empty'],
		['fs live', 'contains a space'],
		['fs\nlive', 'a line break'],
		['fs_live\u200b', 'an invisible one'],
		['fs_lïve', 'that no token has'],
	])('may not be "%s"', (token, problem) => {
		expect(apiTokenProblem(token)).toContain(problem);
	});
});
