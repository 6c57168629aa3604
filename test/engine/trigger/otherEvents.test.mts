import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../support/engine/host.mts';
import { ENDPOINTS, useLab } from '../../support/lab/index.mts';

const lab = useLab();

const below = { event: 'balanceBelow', balance: 'apiQuotaRemaining', minimum: 100 };
const added = { event: 'voiceAdded' };
const setQuota = (apiQuotaRemaining: number) => lab.control.setBalances({ apiQuotaRemaining });

describe('Balance Below', () => {
	it('fires once when the balance falls below, and again only after it was at or above', async () => {
		setQuota(100);
		const trigger = lab.trigger(below);
		expect(await trigger.activate()).toEqual([]);
		expect(await trigger.poll()).toEqual([]);
		setQuota(99);
		expect(await trigger.poll()).toMatchObject([
			{ event: 'balanceBelow', minimum: 100, apiQuotaRemaining: 99, userId: expect.any(String) },
		]);
		setQuota(50);
		expect(await trigger.poll()).toEqual([]);
		setQuota(100);
		expect(await trigger.poll()).toEqual([]);
		setQuota(10);
		expect(await trigger.poll()).toHaveLength(1);
	});

	it('does not fire for a balance that was low at activation', async () => {
		setQuota(5);
		const trigger = lab.trigger(below);
		await trigger.activate();
		expect(await trigger.poll()).toEqual([]);
	});

	it('remembers over a restart that it has fired', async () => {
		setQuota(100);
		const trigger = lab.trigger(below);
		await trigger.activate();
		setQuota(5);
		expect(await trigger.poll()).toHaveLength(1);
		expect(await trigger.activate('init')).toEqual([]);
		expect(await trigger.poll()).toEqual([]);
	});

	it('fires once when two polls run at the same time', async () => {
		setQuota(100);
		const trigger = lab.trigger(below);
		await trigger.activate();
		setQuota(5);
		const rows = await Promise.all([trigger.poll(), trigger.poll()]);
		expect(rows.flat()).toHaveLength(1);
	});

	it('begins anew with another minimum', async () => {
		setQuota(100);
		const trigger = lab.trigger({ ...below, minimum: 50 });
		await trigger.activate();
		const other = lab.trigger({ ...below, minimum: 200 });
		other.rollBack(trigger.savedStaticData);
		expect(await other.activate('update')).toEqual([]);
		expect(await other.poll()).toEqual([]);
	});

	it('says which balance the service did not send', async () => {
		const trigger = lab.trigger(below);
		await trigger.activate();
		lab.control.addFaults({ do: { kind: 'editJson', remove: ['api_quota_remaining'] } });
		await expect(trigger.poll()).rejects.toMatchObject({
			message: expect.stringContaining('without'),
			context: { details: { reason: 'unexpectedResponse', operation: 'balanceBelow' } },
		});
	});

	it('shows the profile in a test, whatever the balance', async () => {
		expect(await lab.trigger(below).fetchTestEvent()).toMatchObject([
			{ minimum: 100, credits: expect.any(Number) },
		]);
	});
});

describe('Voice Added', () => {
	it('fires each new voice once', async () => {
		const trigger = lab.trigger(added);
		expect(await trigger.activate()).toEqual([]);
		const [voice] = lab.control.addVoices(1);
		expect(await trigger.poll()).toMatchObject([{ event: 'voiceAdded', voiceId: voice?.id }]);
		expect(await trigger.poll()).toEqual([]);
	});

	it('sees only what its filters let through', async () => {
		const trigger = lab.trigger({ ...added, filters: { provider: 'minimax' } });
		await trigger.activate();
		lab.control.addVoices(2);
		lab.control.addVoices(1, 'minimax');
		expect(await trigger.poll()).toMatchObject([{ provider: 'minimax' }]);
		expect(lab.control.requests(ENDPOINTS.listVoices).at(-1)?.query).toMatchObject({
			provider: 'minimax',
		});
	});

	it('ends with an error that asks for filters beyond 10,000 voices', async () => {
		lab.control.addVoices(10_001 - lab.control.voices().length);
		await expect(lab.trigger(added).activate()).rejects.toMatchObject({
			message: expect.stringContaining('more than 10000 voices'),
			description: expect.stringContaining('filters'),
		});
	});

	it('shows a voice in a test, and says what is missing when there is none', async () => {
		expect(await lab.trigger(added).fetchTestEvent()).toMatchObject([
			{ voiceId: expect.any(String) },
		]);
		const none = lab.trigger({ ...added, filters: { search: 'nobody has this name' } });
		await expect(none.fetchTestEvent()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringContaining('no voice'),
			description: expect.stringContaining('filters'),
		});
	});
});

describe('the preview', () => {
	const file = path.join(repositoryRoot, 'nodes/FishSpeechTrigger/__schema__/v1.0.0.json');
	const preview: { properties: Record<string, { type: string }> } = JSON.parse(
		readFileSync(file, 'utf8'),
	);

	it.each([[below], [added], [{ event: 'lipSyncJobFinished' }]])(
		'shows fields that every row has: %j',
		async (parameters) => {
			lab.control.addOldLipSyncJobs(1);
			const [row] = await lab.trigger(parameters).fetchTestEvent();
			for (const [field, { type }] of Object.entries(preview.properties))
				expect(typeof row?.[field], field).toBe(type);
			expect(row).toHaveProperty('event', parameters.event);
		},
	);
});

describe('a poll that fails', () => {
	it.each([
		[401, 'unauthorized', 'Check the API token'],
		[402, 'insufficientCredits', 'Add credits'],
		[403, 'forbidden', 'Check that the account'],
	])('with %i says what to do', async (status, reason, advice) => {
		await expect(pollAnswered(status)).rejects.toMatchObject({
			name: 'NodeApiError',
			message: expect.stringContaining(`answered ${status}`),
			description: expect.stringContaining(advice),
			httpCode: String(status),
			context: { details: { reason, operation: 'voiceAdded', kind: 'terminal' } },
		});
	});

	it.each([
		[401, 'credential-invalid'],
		[402, 'quota-exhausted'],
		[429, 'rate-limited'],
		[503, 'temporarily-unavailable'],
	])('with %i tells n8n why, so that it polls less often', async (status, cause) => {
		await expect(pollAnswered(status)).rejects.toMatchObject({ failure: { cause } });
	});

	async function pollAnswered(status: number): Promise<unknown> {
		const trigger = lab.trigger(added);
		await trigger.activate();
		lab.control.addFaults({ match: { times: 'always' }, do: { kind: 'status', status } });
		return await trigger.poll();
	}

	it('refuses the activation, with the reason', async () => {
		lab.control.addFaults({ match: { times: 'always' }, do: { kind: 'status', status: 401 } });
		await expect(lab.trigger(added).activate()).rejects.toThrow('answered 401');
	});

	it('shows the token nowhere', async () => {
		const { token } = lab.sandbox;
		lab.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'status', status: 400, message: `the token ${token} is odd` },
		});
		const error: unknown = await lab
			.trigger(added)
			.activate()
			.catch((thrown: unknown) => thrown);
		const shown = JSON.stringify([error, Object(error).message, Object(error).stack]);
		expect(shown).toContain('is odd');
		expect(shown).not.toContain(token);
		expect(JSON.stringify(lab.engine.logs)).not.toContain(token);
	});

	it.each([
		[{ ...below, minimum: -1 }, 'Parameter "Minimum" is -1.'],
		[{ event: 'somethingElse' }, 'Parameter "Event" is "somethingElse".'],
		[{ ...added, options: { requestTimeoutSeconds: 'long' } }, 'Parameter "Request Timeout'],
	])('refuses wrong parameters before any request: %j', async (parameters, message) => {
		await expect(lab.trigger(parameters).activate()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringContaining(message),
			context: { details: { reason: 'invalidParameter' } },
		});
		expect(lab.control.requests()).toEqual([]);
	});

	it('is in n8n’s log, without an item', async () => {
		const trigger = lab.trigger(added);
		await trigger.activate();
		const line = lab.engine.logs.find(({ message }) => message === 'FishSpeech call');
		expect(line?.metadata).toMatchObject({ method: 'GET', path: '/voices', node: 'Node' });
		expect(line?.metadata).not.toHaveProperty('item');
	});
});
