import { expect, it } from 'vitest';
import { ATTACKS } from '../attacks.mts';
import { newSeed } from '../random.mts';

const SEEDS = 10;

it.each(ATTACKS)('$name, with many seeds', async ({ run }) => {
	const first = newSeed();
	for (let seed = first; seed < first + SEEDS; seed++)
		expect(await run(seed), `FAULTS_SEED=${seed}`).toEqual([]);
});
