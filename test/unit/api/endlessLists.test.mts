import { describe, expect, it } from 'vitest';
import { MOST_LISTED, MOST_PAGES } from '../../../nodes/shared/api/listLimits.ts';
import {
	collectLipSyncJobs,
	readLipSyncPage,
} from '../../../nodes/shared/fishspeech/lipSyncJobs.ts';
import { collectVoices, readVoicePage } from '../../../nodes/shared/fishspeech/voices.ts';
import { failureOf } from '../../support/apiClients.mts';

/** A page of entries that no page had before. */
const voices = (page: number, count: number) =>
	readVoicePage({ items: Array.from({ length: count }, (_, at) => ({ id: `v_${page}_${at}` })) }) ??
	fail();
const jobs = (page: number, count: number) =>
	readLipSyncPage({
		data: Array.from({ length: count }, (_, at) => ({ id: `j_${page}_${at}` })),
	}) ?? fail();
const fail = (): never => {
	throw new Error('not a page');
};

describe('a list that does not end', () => {
	it.each([
		['voices', 1],
		['jobs', 1],
		['voices', 5_000],
		['jobs', 5_000],
	] as const)('of %s, %i a page, is given up with what to do', async (what, count) => {
		let pages = 0;
		const all = async () =>
			what === 'voices'
				? await collectVoices(async () => voices(++pages, count), Number.POSITIVE_INFINITY)
				: await collectLipSyncJobs(async () => jobs(++pages, count), Number.POSITIVE_INFINITY);
		const { message, action, details } = await failureOf(all());
		expect(message).toContain(`The list of ${what} does not end`);
		expect(action).toContain('Return All');
		expect(details).toMatchObject({
			reason: 'unexpectedResponse',
			kind: 'terminal',
			outcomeUnknown: false,
		});
		expect(pages).toBeLessThanOrEqual(MOST_PAGES);
		expect(pages * count).toBeLessThanOrEqual(MOST_LISTED + count);
	});

	it('is read as far as a limit asks', async () => {
		let pages = 0;
		const found = await collectVoices(async () => voices(++pages, 100), 250);
		expect(found).toHaveLength(250);
	});
});
