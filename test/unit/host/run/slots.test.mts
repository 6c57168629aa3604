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

	it('are used by others while they are lent, at most as many at a time as there are', async () => {
		const slots = new Slots(2);
		const started: number[] = [];
		const finish: Array<() => void> = [];
		const tasks = [0, 1, 2, 3, 4, 5].map((number) =>
			slots.run(async (slot) => {
				started.push(number);
				slot.lend();
				await new Promise<void>((resolve) => {
					finish[number] = resolve;
				});
			}),
		);
		await turn();
		expect(started).toEqual([0, 1, 2, 3]);
		// It gives back what it has lent. The others hold theirs.
		finish[0]?.();
		await turn();
		expect(started).toEqual([0, 1, 2, 3]);
		finish[2]?.();
		await turn();
		expect(started).toEqual([0, 1, 2, 3, 4, 5]);
		for (const number of [1, 3, 4, 5]) finish[number]?.();
		await Promise.all(tasks);
	});

	it('are free once, whether they were lent, released or both', async () => {
		const slots = new Slots(1);
		await slots.run(async (slot) => {
			slot.lend();
			slot.lend();
			slot.release();
			slot.release();
			slot.lend();
		});
		let together = 0;
		let most = 0;
		const task = async () => {
			most = Math.max(most, ++together);
			await turn();
			together--;
		};
		await Promise.all([slots.run(task), slots.run(task), slots.run(task)]);
		expect(most).toBe(1);
	});
});
