import { expect, it } from 'vitest';
import { FUZZED_ENDPOINTS } from '../fuzz/endpoints.mts';
import { fuzzEndpoint } from '../fuzz/fuzz.mts';
import { growthOf, HOSTILE_SHAPES } from '../fuzz/growth.mts';
import { newSeed } from '../random.mts';

const BODIES = 20_000;
const seed = newSeed();

it.each(FUZZED_ENDPOINTS)('$name is read or refused, whatever it answers', async (endpoint) => {
	const { broken, read, refused } = await fuzzEndpoint(endpoint, BODIES, seed);
	console.log(`${endpoint.name}, seed ${seed}: ${BODIES} bodies, ${read} read, ${refused} refused`);
	expect(broken).toEqual([]);
});

it.each(FUZZED_ENDPOINTS)(
	'$name costs at most 2.5 times as much for twice the answer',
	async (endpoint) => {
		for (const shape of HOSTILE_SHAPES)
			expect(await growthOf(endpoint, shape), shape.name).toBeUndefined();
	},
);
