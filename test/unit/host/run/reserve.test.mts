import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../nodes/shared/host/rows.ts';
import { Reserve } from '../../../../nodes/shared/host/run/reserve.ts';
import { fishSpeech } from '../../../../nodes/shared/fishspeech/service.ts';

const MINIMUM = 100;

type Reading = number | undefined | Error;

/** A reserve whose account answers `readings` one after another; the last one stays. */
function reserveOver(...readings: readonly Reading[]) {
	const hints: string[] = [];
	let reads = 0;
	const readQuota = async () => {
		const reading = readings[Math.min(reads++, readings.length - 1)];
		if (reading instanceof Error) throw reading;
		return reading;
	};
	const reserve = new Reserve(MINIMUM, fishSpeech, readQuota, (hint) => hints.push(hint));
	return { reserve, hints, reads: () => reads };
}

const told = (quotaRemaining: unknown): Row[] => [{ json: { quotaRemaining } as Row['json'] }];

/** Which of so many creates, one after another, are let through. */
async function admitted(reserve: Reserve, creates: number): Promise<boolean[]> {
	const results: boolean[] = [];
	for (let create = 0; create < creates; create++)
		results.push((await reserve.admit()) === undefined);
	return results;
}

describe('a reserve', () => {
	it.each<[string, Reading, boolean]>([
		['above it', 101, true],
		['at it', 100, false],
		['below it', 99, false],
		['at nothing', 0, false],
		['not told', undefined, true],
		['not to be read', new Error('502'), true],
	])('admits a create by a balance that is %s', async (_, reading, expected) => {
		const { reserve } = reserveOver(reading);
		expect(await admitted(reserve, 1)).toEqual([expected]);
	});

	it('refuses the first item that it does not admit, with both figures', async () => {
		const refusal = await reserveOver(99.5).reserve.admit();
		expect(refusal?.message).toBe(
			'The account has 99.5 of its API quota left, and Keep in Reserve is 100.',
		);
		expect(refusal?.action).toMatch(/^Add API quota/);
		expect(refusal?.details).toEqual({
			kind: 'terminal',
			reason: 'reserveReached',
			attempts: 0,
			outcomeUnknown: false,
		});
	});

	it('reads the balance once for items that begin at the same moment', async () => {
		const { reserve, reads } = reserveOver(500);
		await Promise.all(Array.from({ length: 5 }, async () => await reserve.admit()));
		expect(reads()).toBe(1);
	});

	it('reads the balance anew after each 20 creates whose answers do not tell it', async () => {
		const { reserve, reads } = reserveOver(500, 300, 100);
		expect(await admitted(reserve, 20)).not.toContain(false);
		expect(reads()).toBe(1);
		expect(await admitted(reserve, 20)).not.toContain(false);
		expect(reads()).toBe(2);
		expect(await admitted(reserve, 1)).toEqual([false]);
		expect(reads()).toBe(3);
	});

	it('follows what the answers tell, without asking', async () => {
		const { reserve, reads } = reserveOver(500);
		for (const quota of [400, 300, 200, 101]) {
			expect(await admitted(reserve, 10)).not.toContain(false);
			reserve.tellRows(told(quota));
		}
		expect(await admitted(reserve, 1)).toEqual([true]);
		reserve.tellRows(told(100));
		expect(await admitted(reserve, 1)).toEqual([false]);
		expect(reads()).toBe(1);
	});

	it('believes the least of what answers tell, since they come in any order', async () => {
		const { reserve } = reserveOver(500);
		await reserve.admit();
		reserve.tellRows([...told(90), ...told(400)]);
		reserve.tellRows(told(300));
		expect(await admitted(reserve, 1)).toEqual([false]);
	});

	it('takes what is told while the balance is being read, which may be older', async () => {
		let answer: (quota: number) => void = () => {};
		const readQuota = async () =>
			await new Promise<number>((resolve) => {
				answer = resolve;
			});
		const reserve = new Reserve(MINIMUM, fishSpeech, readQuota, () => {});
		const first = reserve.admit();
		reserve.tell(90);
		answer(500);
		expect((await first)?.details.reason).toBe('reserveReached');
	});

	it.each([undefined, null, 'many', {}])(
		'is not moved by an answer that tells %o',
		async (quota) => {
			const { reserve, reads } = reserveOver(500, 100);
			expect(await admitted(reserve, 20)).not.toContain(false);
			reserve.tellRows(told(quota));
			expect(await admitted(reserve, 1)).toEqual([false]);
			expect(reads()).toBe(2);
		},
	);

	it.each<[string, Reading]>([
		['is not told', undefined],
		['cannot be read', new Error('502')],
	])('says in a hint that a balance %s, and stops nothing', async (_, reading) => {
		const { reserve, hints } = reserveOver(reading);
		expect(await admitted(reserve, 25)).not.toContain(false);
		expect(new Set(hints)).toEqual(
			new Set(['The balance of the account could not be read, so Keep in Reserve did not count.']),
		);
	});
});
