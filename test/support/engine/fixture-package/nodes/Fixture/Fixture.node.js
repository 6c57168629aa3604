'use strict';

const { Readable } = require('node:stream');
const { NodeApiError } = require('n8n-workflow');
const { runtime } = require('../shared/runtime.js');

/** One small behaviour per name: what a node can do to n8n and n8n to a node. */
const behaviours = {
	async echo(context, item, index) {
		const text = context.getNodeParameter('text', index);
		const { id, name } = context.getNode();
		return { text, id, name, run: context.getMode(), in: item.json };
	},

	/** Fails until the node was tried `failures` times, counting in the execution's own memory. */
	async flaky(context, _item, index) {
		const memory = context.getContext('node');
		memory.tries = (memory.tries ?? 0) + 1;
		if (memory.tries <= context.getNodeParameter('failures', index)) throw failure(context, index);
		return { tries: memory.tries, executionId: context.getExecutionId() };
	},

	async failItem(context, item, index) {
		if (!item.json.bad) return { ok: true };
		return { error: 'It went wrong.', message: 'Mend it.', details: { index } };
	},

	async store(context, _item, index) {
		const text = context.getNodeParameter('text', index);
		const stream = Readable.from([Buffer.from(text)]);
		const data = await context.helpers.prepareBinaryData(stream, 'speech.mp3', 'audio/mpeg');
		return { json: { bytes: data.bytes }, binary: { data } };
	},

	async sign(context, item, index) {
		const binary = context.helpers.assertBinaryData(index, 'data');
		return { url: context.helpers.createBinarySignedUrl(binary, '15 minutes') };
	},

	async request(context, _item, index) {
		const { baseUrl } = await context.getCredentials('fixtureApi');
		const options = { url: `${baseUrl}/hello`, json: true };
		const helper = context.helpers.httpRequestWithAuthentication;
		return { body: await helper.call(context, 'fixtureApi', options) };
	},

	async wait(context, _item, index) {
		const memory = context.getContext('node');
		memory.waits = (memory.waits ?? 0) + 1;
		context.logger.info('waiting');
		const startedAt = runtime.now();
		const waitMs = context.getNodeParameter('waitMs', index);
		await runtime.sleep(waitMs, context.getExecutionCancelSignal());
		return { waitedMs: runtime.now() - startedAt };
	},

	async once(context, item) {
		const keys = [item.json.key];
		return await context.helpers.checkProcessedAndRecord(keys, 'node', {
			mode: 'entries',
			maxEntries: 3,
		});
	},

	async log(context, item, index) {
		context.logger.info('accepted', { job: item.json.job, index });
		context.addExecutionHints({ message: 'one job accepted', location: 'outputPane' });
		return { logged: true };
	},

	async host(context) {
		const filter = context.helpers.getSecureEgressFilter?.();
		const verdict = await filter?.validateUrl('http://127.0.0.1:1/');
		return { undici: resolves('undici'), zod: resolves('zod/v4'), loopback: verdict?.ok };
	},
};

function failure(context, itemIndex) {
	const details = { kind: 'retryable', reason: 'serverError' };
	const error = new NodeApiError(
		context.getNode(),
		{},
		{ message: 'The service failed.', description: 'Try later.', httpCode: '503', itemIndex },
	);
	Object.assign(error.context, { details });
	return error;
}

function resolves(name) {
	try {
		require(name);
		return true;
	} catch {
		return false;
	}
}

exports.Fixture = class Fixture {
	description = {
		displayName: 'Fixture',
		name: 'fixture',
		description: 'Shows what the engine does',
		group: ['transform'],
		version: 1,
		defaults: { name: 'Fixture' },
		inputs: ['main'],
		outputs: ['main'],
		usableAsTool: true,
		credentials: [{ name: 'fixtureApi', required: false }],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				options: Object.keys(behaviours).map((value) => ({ name: value, value })),
				default: 'echo',
			},
			{ displayName: 'Text', name: 'text', type: 'string', default: '' },
			{ displayName: 'Failures', name: 'failures', type: 'number', default: 1 },
			{ displayName: 'Wait', name: 'waitMs', type: 'number', default: 0 },
		],
	};

	methods = {
		listSearch: {
			async searchThings(filter, paginationToken) {
				const { token } = await this.getCredentials('fixtureApi');
				const page = Number(paginationToken ?? 0);
				return {
					results: [{ name: `${filter} ${token} ${page}`, value: `${page}` }],
					paginationToken: page < 1 ? String(page + 1) : undefined,
				};
			},
		},
		loadOptions: {
			async things() {
				return [{ name: String(this.getCurrentNodeParameter('text')), value: 'a' }];
			},
		},
	};

	async execute() {
		const items = this.getInputData();
		const rows = [];
		for (const [index, item] of items.entries()) {
			const behaviour = behaviours[this.getNodeParameter('operation', index)];
			const row = await behaviour(this, item, index);
			rows.push({ ...('json' in row ? row : { json: row }), pairedItem: { item: index } });
		}
		return [rows];
	}
};
