import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod/v4';
import type { Control } from './control.mts';
import { FaultRule } from './faults.mts';
import { JobFailure } from './jobs.mts';
import { makeClip } from './media/clip.mts';
import { BehaviourChanges } from './options.mts';
import { speechFormats } from './voice/speaker.mts';

const Faults = z.union([z.array(FaultRule), FaultRule.transform((rule) => [rule])]);
const AccountChanges = z.strictObject({
	credits: z.number().optional(),
	apiQuotaRemaining: z.number().optional(),
});
const JobFailures = z.strictObject({
	kind: z.enum(['speech', 'lipSync', 'aceData']),
	failures: z.array(JobFailure),
});
const Callback = z.strictObject({ taskId: z.string(), body: z.unknown() });
const VoiceChanges = z.strictObject({
	add: z.number().int().min(1).max(100_000).optional(),
	provider: z.string().optional(),
	inUse: z.string().optional(),
});
const AudioQuery = z.strictObject({
	text: z.string().min(1),
	voiceId: z.string().optional(),
	format: z.enum(speechFormats).optional(),
});

const NewFileBody = z.strictObject({
	bodyBase64: z.string(),
	mimeType: z.string(),
	extension: z.string().regex(/^[a-z0-9]{1,5}$/),
});

type Act = (body: unknown, query: unknown) => unknown;

function bodyOf({ body }: FastifyRequest): unknown {
	return Buffer.isBuffer(body) && body.length > 0 ? JSON.parse(body.toString()) : {};
}

/** The HTTP side of `Control`, for sandboxes that run in a process of their own. */
export function mountControl(app: FastifyInstance, control: Control): void {
	const on = (method: 'GET' | 'POST' | 'DELETE', path: string, act: Act) => {
		app.route({
			method,
			url: `/__sandbox${path}`,
			handler: async (request: FastifyRequest, reply: FastifyReply) => {
				try {
					return await reply.send((await act(bodyOf(request), request.query)) ?? { ok: true });
				} catch (error) {
					const message = error instanceof Error ? error.message : String(error);
					return await reply.code(400).send({ error: message });
				}
			},
		});
	};

	on('GET', '/stats', () => control.stats());
	on('GET', '/requests', (_body, query) => {
		const { endpoint } = z.strictObject({ endpoint: z.string().optional() }).parse(query);
		return control.requests(endpoint);
	});
	on('GET', '/charges', () => control.charges());
	on('GET', '/faults', () => control.faults());
	on('POST', '/faults', (body) => control.addFaults(...Faults.parse(body)));
	on('DELETE', '/faults', () => control.clearFaults());
	on('POST', '/reset', async () => await control.reset());
	on('POST', '/account', (body) => control.setBalances(AccountChanges.parse(body)));
	on('GET', '/account', () => control.balances());
	on('POST', '/behaviour', (body) => control.configure(BehaviourChanges.parse(body)));
	on('POST', '/job-failures', (body) => {
		const { kind, failures } = JobFailures.parse(body);
		control.failNextJobs(kind, ...failures);
	});
	on('GET', '/callbacks', () => control.callbacks());
	on('POST', '/callbacks', async (body) => {
		const { taskId, body: lie } = Callback.parse(body);
		return await control.sendCallback(taskId, lie);
	});
	on('GET', '/voices', () => control.voices());
	on('POST', '/voices', (body) => {
		const { add, provider, inUse } = VoiceChanges.parse(body);
		if (inUse !== undefined) control.markVoiceInUse(inUse);
		return add === undefined ? undefined : control.addVoices(add, provider);
	});
	on('GET', '/audio', async (_body, query) => (await control.audio(AudioQuery.parse(query))).bytes);
	on('POST', '/files', async (body) => {
		const { bodyBase64, ...file } = NewFileBody.parse(body);
		const url = await control.publishFile({ ...file, bytes: Buffer.from(bodyBase64, 'base64') });
		return { url };
	});
	on('POST', '/clip', async () => {
		const clip = { bytes: await makeClip(), mimeType: 'video/mp4', extension: 'mp4' };
		return { url: await control.publishFile(clip) };
	});
	on('POST', '/close-idle-connections', () => control.closeIdleConnections());
	on('POST', '/refuse-connections', (body) => {
		control.refuseConnections(z.strictObject({ forMs: z.number().positive() }).parse(body).forMs);
	});
}
