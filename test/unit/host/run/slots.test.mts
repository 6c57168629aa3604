import { describe, expect, it } from 'vitest';
import { Slots } from '../../../../nodes/shared/host/run/slots.ts';

const turn = async () => await new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
	it('let so many tasks run at a time, first come first served', async () => {
		const slots = new Slots(2);
		const started: number[] = [];
		const finish: Array<() => void> = [];
		const tasks = [0, 1, 2, 3].map((number) =>
			slots.run(async () => {
				started.push(number);
				await new Promise<void>((resolve) => {
					finish[number] = resolve;
				});
				return number;
			}),
		);
		await turn();
		expect(started).toEqual([0, 1]);
		finish[1]?.();
		await turn();
		expect(started).toEqual([0, 1, 2]);
		for (const number of [0, 2]) finish[number]?.();
		await turn();
		finish[3]?.();
		expect(await Promise.all(tasks)).toEqual([0, 1, 2, 3]);
	});

	it('are given back by a task that fails', async () => {
		const slots = new Slots(1);
		await expect(slots.run(async () => await Promise.reject(new Error('failed')))).rejects.toThrow(
			'failed',
		);
		expect(await slots.run(async () => 'next')).toBe('next');
	});
});
