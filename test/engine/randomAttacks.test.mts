import { expect, it } from 'vitest';
import { ATTACKS } from '../faults/attacks.mts';
import { newSeed } from '../faults/random.mts';

it.each(ATTACKS)(
	'$name: nothing is bought twice and nothing is hidden, while one call in ten goes wrong',
	{ timeout: 180_000 },
	async ({ run }) => {
		const seed = newSeed();
		expect(await run(seed), `FAULTS_SEED=${seed}`).toEqual([]);
	},
);
