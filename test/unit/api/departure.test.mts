import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Departure, unlessGivenUp } from '../../../nodes/shared/api/http/departure.ts';

const never = async () => await new Promise<never>(() => undefined);

describe('a departure', () => {
	it('that has begun cannot be given up', () => {
		const departure = new Departure();
		expect(departure.begin()).toBe(true);
		expect(departure.giveUp()).toBe(false);
		expect(departure.hasBegun).toBe(true);
	});

	it('that was given up cannot begin', () => {
		const departure = new Departure();
		expect(departure.giveUp()).toBe(true);
		expect(departure.begin()).toBe(false);
		expect(departure.hasBegun).toBe(false);
	});
});

describe('a request that waits to be sent', () => {
	it.each([0, 1])('ends at once when one of its signals aborts: number %i', async (which) => {
		const ends = [new AbortController(), new AbortController()];
		const signals = ends.map(({ signal }) => signal);
		const sending = unlessGivenUp(signals, never);
		ends[which]?.abort();
		await expect(sending).rejects.toMatchObject({ kind: 'neverConnected' });
		expect(signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
	});

	it('is not begun at all under a signal that has aborted', async () => {
		let isBegun = false;
		const sending = unlessGivenUp([undefined, AbortSignal.abort()], async () => {
			isBegun = true;
		});
		await expect(sending).rejects.toMatchObject({ kind: 'neverConnected' });
		expect(isBegun).toBe(false);
	});

	it('is left to its transport once it has begun', async () => {
		const end = new AbortController();
		const sending = unlessGivenUp([end.signal], async (departure) => {
			departure.begin();
			end.abort();
			return 'answer';
		});
		expect(await sending).toBe('answer');
	});

	it('leaves no listener behind, however it ends', async () => {
		const { signal } = new AbortController();
		await unlessGivenUp([signal], async () => 'answer');
		await expect(
			unlessGivenUp([signal], async () => {
				throw new Error('refused');
			}),
		).rejects.toThrow('refused');
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});
});
