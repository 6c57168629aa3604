import { describe, expect, it } from 'vitest';
import {
	AudioAtHand,
	CHUNK_OVERHEAD_BYTES as OVERHEAD,
} from '../../../nodes/FishSpeechTextToSpeech/parts/audioAtHand.ts';

const bytesOf = (chunks: readonly Buffer[] | undefined) => chunks && Buffer.concat(chunks);

describe('audio at hand', () => {
	it('gives back the chunks of each part, whatever becomes of the memory that they came in', () => {
		const atHand = new AudioAtHand({ leftBytes: 10_000 });
		const chunk = Buffer.from('first');
		const [first, second] = [atHand.reader(0), atHand.reader(1)];
		first(chunk);
		second(Buffer.from('other'));
		chunk.fill('x');
		first(Buffer.from(' part'));
		expect(bytesOf(atHand.get(0))).toEqual(Buffer.from('first part'));
		expect(bytesOf(atHand.get(1))).toEqual(Buffer.from('other'));
		expect(atHand.get(2)).toBeUndefined();
	});

	it('forgets what a broken try has left of a part', () => {
		const budget = { leftBytes: 10 + OVERHEAD };
		const atHand = new AudioAtHand(budget);
		atHand.reader(0)(Buffer.from('broken'));
		atHand.reader(0)(Buffer.from('whole'));
		expect(bytesOf(atHand.get(0))).toEqual(Buffer.from('whole'));
		expect(budget.leftBytes).toBe(5);
	});

	it('keeps nothing of a speech that is longer than what is left, and leaves all of it to others', () => {
		const budget = { leftBytes: 10 + 2 * OVERHEAD };
		const [long, short] = [new AudioAtHand(budget), new AudioAtHand(budget)];
		const reader = long.reader(0);
		reader(Buffer.alloc(6));
		reader(Buffer.alloc(6));
		expect(budget.leftBytes).toBe(10 + 2 * OVERHEAD);
		short.reader(0)(Buffer.alloc(10));
		reader(Buffer.alloc(0));
		long.reader(1)(Buffer.alloc(0));
		expect([long.get(0), long.get(1)]).toEqual([undefined, undefined]);
		expect(short.get(0)).toHaveLength(1);
	});

	it('takes nothing from a try that was given up, nor after the end', () => {
		const budget = { leftBytes: 10_000 };
		const atHand = new AudioAtHand(budget);
		const first = atHand.reader(0);
		const second = atHand.reader(0);
		first(Buffer.from('late'));
		expect(budget.leftBytes).toBe(10_000);
		atHand.clear();
		second(Buffer.from('later'));
		expect(budget.leftBytes).toBe(10_000);
	});

	it('keeps nothing that comes in very many small chunks', () => {
		const budget = { leftBytes: 1024 * 1024 };
		const atHand = new AudioAtHand(budget);
		const reader = atHand.reader(0);
		for (let chunk = 0; chunk < 10_000; chunk++) reader(Buffer.alloc(1));
		expect(atHand.get(0)).toBeUndefined();
		expect(budget.leftBytes).toBe(1024 * 1024);
	});

	it('gives the budget back in the end, once', () => {
		const budget = { leftBytes: 10 + 2 * OVERHEAD };
		const atHand = new AudioAtHand(budget);
		atHand.reader(0)(Buffer.alloc(4));
		atHand.reader(1)(Buffer.alloc(5));
		expect(budget.leftBytes).toBe(1);
		atHand.clear();
		atHand.clear();
		expect(budget.leftBytes).toBe(10 + 2 * OVERHEAD);
	});
});
