import Fastify from 'fastify';
import { z } from 'zod/v4';

const messageSchema = z.looseObject({ role: z.string(), content: z.unknown() });
const toolSchema = z.object({
	function: z.looseObject({
		name: z.string(),
		description: z.string().optional(),
		parameters: z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) }),
	}),
});
const requestSchema = z.looseObject({
	stream: z.boolean().optional(),
	messages: z.array(messageSchema),
	tools: z.array(toolSchema).default([]),
});

export type ModelRequest = z.infer<typeof requestSchema>;

export interface ModelStub extends AsyncDisposable {
	/** The base URL for n8n's OpenAI credential. */
	readonly baseUrl: string;
	readonly requests: readonly ModelRequest[];
	/** What the tools handed back to the model in its latest request, one text per call. */
	toolResults(): string[];
}

/**
 * An OpenAI-compatible model on loopback without a mind: it calls every offered tool once, then
 * answers with what they returned.
 * @param argumentsFor fills a tool's arguments, given the names of its fields
 */
export async function startModelStub(
	argumentsFor: (toolName: string, fields: readonly string[]) => Record<string, unknown>,
): Promise<ModelStub> {
	const requests: ModelRequest[] = [];
	const app = Fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024 * 1024 });

	app.post('/v1/chat/completions', async (request, reply) => {
		const body = requestSchema.parse(request.body);
		requests.push(body);
		const message = answerTo(body, argumentsFor);
		const finishReason = message.tool_calls === undefined ? 'stop' : 'tool_calls';
		const answer = { id: 'completion-1', created: 1, model: 'stub' };
		if (body.stream !== true) {
			return {
				...answer,
				object: 'chat.completion',
				choices: [{ index: 0, message, finish_reason: finishReason }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			};
		}
		const event = (delta: unknown, finish: string | null) => {
			const choices = [{ index: 0, delta, finish_reason: finish }];
			return `data: ${JSON.stringify({ ...answer, object: 'chat.completion.chunk', choices })}\n\n`;
		};
		return await reply
			.type('text/event-stream')
			.send(`${event(message, null)}${event({}, finishReason)}data: [DONE]\n\n`);
	});

	const address = await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		baseUrl: `${address}/v1`,
		requests,
		toolResults: () => toolResultsIn(requests.at(-1)),
		[Symbol.asyncDispose]: async () => await app.close(),
	};
}

function answerTo(
	{ messages, tools }: ModelRequest,
	argumentsFor: Parameters<typeof startModelStub>[0],
) {
	const results = toolResultsIn({ messages, tools });
	if (results.length > 0 || tools.length === 0) {
		return { role: 'assistant', content: `The tools said: ${results.join(' | ')}` };
	}
	const toolCalls = tools.map(({ function: { name, parameters } }, index) => {
		const fields = Object.keys(parameters.properties);
		const callArguments = JSON.stringify(argumentsFor(name, fields));
		return {
			index,
			id: `call_${index}`,
			type: 'function',
			function: { name, arguments: callArguments },
		};
	});
	return { role: 'assistant', content: null, tool_calls: toolCalls };
}

function toolResultsIn(request: ModelRequest | undefined): string[] {
	return (request?.messages ?? [])
		.filter(({ role }) => role === 'tool')
		.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)));
}
