import { describe, expect, it } from 'vitest';
import { ENDPOINTS, failureOf, failureRowsOf, useLab } from '../../support/lab/index.mts';

const NODE = 'fishSpeechProfile';
const goOn = { onError: 'continueRegularOutput' } as const;

const lab = useLab();

const get = { operation: 'get' };
const row = { userId: 'user_sandbox', tier: 'pro', credits: 1_200, apiQuotaRemaining: 988_000 };

describe('Profile → Get', () => {
	it('returns the account', async () => {
		const result = await lab.run(NODE, get);
		expect(result.rows).toMatchObject([row]);
		expect(result.hints).toEqual([]);
	});

	it('keeps what else the service tells, in camelCase, and renames an error', async () => {
		lab.control.addFaults({
			do: { kind: 'editJson', set: { plan_name: 'Studio', error: 'none', limits: { a_b: 1 } } },
		});
		const [profile] = (await lab.run(NODE, get)).rows;
		expect(profile).toMatchObject({ ...row, planName: 'Studio', failure: 'none' });
		expect(profile).not.toHaveProperty('error');
		expect(profile).not.toHaveProperty('user_id');
	});

	it('reads numbers that come as text', async () => {
		lab.control.addFaults({ do: { kind: 'editJson', numbersAsStrings: true } });
		expect((await lab.run(NODE, get)).rows).toMatchObject([row]);
	});

	it('is tried again after a server error, a broken connection and silence', async () => {
		lab.control.addFaults(
			{ do: { kind: 'status', status: 500 } },
			{ do: { kind: 'reset' } },
			{ do: { kind: 'stall' } },
			{ do: { kind: 'cutBody' } },
		);
		expect((await lab.run(NODE, get)).rows).toMatchObject([row]);
		expect(lab.control.requests(ENDPOINTS.getProfile)).toHaveLength(5);
	});

	it('leaves out a field that is missing or cannot be read, and shows the others', async () => {
		lab.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'editJson', remove: ['tier'], set: { credits: 'unlimited' } },
		});
		const [row] = (await lab.run(NODE, get)).rows;
		expect(row).toMatchObject({ apiQuotaRemaining: 988_000 });
		expect(row).not.toHaveProperty('tier');
		expect(row).not.toHaveProperty('credits');
	});

	it('fails where the answer has none of the fields of a profile', async () => {
		lab.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'editJson', remove: ['user_id', 'tier', 'credits', 'api_quota_remaining'] },
		});
		const { error, details } = failureOf(await lab.run(NODE, get));
		expect(error).toContain('without the fields of a profile');
		expect(details).toMatchObject({ kind: 'retryable', reason: 'unexpectedResponse', attempts: 2 });
	});

	it('runs for every item and keeps their order', async () => {
		const items = [{ json: { id: 1 } }, { json: { id: 2 } }];
		const parameters = { ...get, options: { includeInputFields: true } };
		const result = await lab.run(NODE, parameters, { items });
		expect(result.rows.map(({ id }) => id)).toEqual([1, 2]);
	});

	it('tells an agent what is left', async () => {
		const result = await lab.engine.runAsTool({
			node: NODE,
			parameters: get,
			credential: lab.credential,
		});
		expect(JSON.parse(result.observation)).toMatchObject([row]);
	});

	it('closes everything at a 401', async () => {
		lab.control.addFaults({ match: { times: 'always' }, do: { kind: 'status', status: 401 } });
		const items = [{}, {}, {}];
		const parameters = { ...get, options: { concurrency: 1 } };
		const result = await lab.run(NODE, parameters, { items, settings: goOn });
		expect(failureRowsOf(result).map(({ details }) => details.reason)).toEqual([
			'unauthorized',
			'notSent',
			'notSent',
		]);
	});
});

describe('Profile → Check Balance', () => {
	it.each([
		['apiQuotaRemaining', 988_000, true],
		['apiQuotaRemaining', 988_001, false],
		['credits', 1_200, true],
		['credits', 1_201, false],
		['credits', 0, true],
	])('compares %s with %i', async (balance, minimum, sufficient) => {
		const result = await lab.run(NODE, { operation: 'checkBalance', balance, minimum });
		expect(result.rows).toMatchObject([{ ...row, sufficient }]);
	});

	it('takes a minimum from each item', async () => {
		const items = [{ json: { need: 10 } }, { json: { need: '999999' } }];
		const parameters = { operation: 'checkBalance', minimum: '={{ $json.need }}' };
		const result = await lab.run(NODE, parameters, { items });
		expect(result.rows.map(({ sufficient }) => sufficient)).toEqual([true, false]);
	});

	it.each([['many'], [-1], ['={{ null }}'], ['={{ [5] }}']])(
		'refuses the minimum %s before any request',
		async (minimum) => {
			const result = await lab.run(NODE, { operation: 'checkBalance', minimum });
			expect(failureOf(result)).toMatchObject({
				error: expect.stringMatching(/^Parameter "Minimum" is .*\[item 0\]\.$/),
				message: expect.stringContaining('a number from 0'),
				details: { reason: 'invalidParameter', operation: 'checkBalance' },
			});
			expect(lab.control.requests()).toEqual([]);
		},
	);
});

describe('Profile → Update', () => {
	const webhookUrl = 'https://n8n.example.org/webhook/fish?key=1';

	it('sends the webhook, and hands on whatever comes back', async () => {
		const result = await lab.run(NODE, { operation: 'update', webhookUrl });
		expect(result.rows[0]).toMatchObject({ updated: true });
		expect(lab.control.requests(ENDPOINTS.updateProfile)[0]?.body).toEqual({ webhookUrl });
	});

	it('is content with an empty answer', async () => {
		lab.control.addFaults({ do: { kind: 'status', status: 204, body: 'empty', accept: true } });
		const result = await lab.run(NODE, { operation: 'update', webhookUrl });
		expect(result.rows).toEqual([{ updated: true }]);
	});

	it('is tried again like a read, since repeating it changes nothing', async () => {
		lab.control.addFaults({ do: { kind: 'status', status: 500 } }, { do: { kind: 'reset' } });
		const result = await lab.run(NODE, { operation: 'update', webhookUrl });
		expect(result.status).toBe('success');
		expect(lab.control.requests()).toHaveLength(3);
	});

	it('does not take an error for an answer', async () => {
		lab.control.addFaults({
			match: { times: 'always' },
			do: { kind: 'raw', body: '{"code":"ERR","message":"not allowed"}' },
		});
		const result = await lab.run(NODE, { operation: 'update', webhookUrl });
		expect(failureOf(result).error).toContain('not allowed');
	});

	it.each([
		'={{ "" }}',
		'nowhere',
		'/webhook',
		'ftp://a.example',
		'https://',
		'https://u:p@a.example/x',
	])('refuses the webhook "%s" before any request', async (url) => {
		const result = await lab.run(NODE, { operation: 'update', webhookUrl: url });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringMatching(/^Parameter "Webhook URL" .*\[item 0\]\.$/),
			details: { reason: 'invalidParameter', operation: 'update' },
		});
		expect(lab.control.requests()).toEqual([]);
	});
});
