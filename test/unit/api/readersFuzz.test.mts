import { expect, it } from 'vitest';
import { FUZZED_ENDPOINTS } from '../../faults/fuzz/endpoints.mts';
import { fuzzEndpoint } from '../../faults/fuzz/fuzz.mts';
import { newSeed } from '../../faults/random.mts';
import { ENDPOINTS } from '../../sandbox/endpoints.mts';

/** `npm run test:faults` sends 20,000 to each. */
const BODIES = 300;
const seed = newSeed();

/** What answers with files. */
const NOT_READ: readonly string[] = [ENDPOINTS.createImage, ENDPOINTS.downloadFile];

it('every endpoint of the service is among them', () => {
	const fuzzed = [...FUZZED_ENDPOINTS.map(({ name }) => name), ...NOT_READ];
	expect(fuzzed.sort()).toEqual(Object.values(ENDPOINTS).sort());
});

it.each(FUZZED_ENDPOINTS)(
	'$name is read or refused, whatever it answers',
	{ timeout: 60_000 },
	async (endpoint) => {
		const { broken, read, refused } = await fuzzEndpoint(endpoint, BODIES, seed);
		expect(broken, `seed ${seed}`).toEqual([]);
		expect(read, `seed ${seed}`).toBeGreaterThan(0);
		expect(refused, `seed ${seed}`).toBeGreaterThan(0);
	},
);
