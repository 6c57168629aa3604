import { textCredits } from '../account.mts';
import { ApiProblem, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, jsonBody, type Call, type Handlers } from '../call.mts';
import { checked } from '../contract.mts';
import type { Job } from '../jobs.mts';
import { fetchMedia } from '../media/fetchMedia.mts';
import { publish, requireVoice } from '../routes/speech.mts';
import { AudioRequest, Engine, TasksRequest, TtsRequest, VoiceRequest } from './contract.mts';
import { envelopeOf, taskOf, type TaskOrder } from './tasks.mts';

interface SpeechOrder extends TaskOrder {
	readonly text: string;
	readonly voiceId: string | undefined;
	readonly format: 'mp3' | 'wav';
	readonly answering: { readonly callback_url?: string; readonly async?: boolean };
}

async function makeSpeech(call: Call, order: SpeechOrder): Promise<Answer> {
	const { state, record } = call;
	const { text, voiceId = 'voice_123', format, answering } = order;
	requireVoice(call, voiceId);
	acceptWork(call, textCredits(text), text);
	const { callback_url: callbackUrl } = answering;
	const isTask = answering.async === true || callbackUrl !== undefined;
	const { jobDurationMs, jobStates, aceDataCallbacks } = state.behaviour;
	const task = state.aceDataTasks.create({
		durationMs: isTask ? jobDurationMs : 0,
		states: isTask ? jobStates : null,
		credits: record.credits,
		echo: { type: order.type, request: order.request },
		makeResultUrl: async () => {
			const speech = await call.services.speak({ text, voiceId, format });
			return (await publish(call, speech)).url;
		},
	});
	if (!isTask) return jsonAnswer(200, await syncAnswer(call, task, order.type));
	record.createdId = task.id;
	if (callbackUrl !== undefined)
		await state.callbacks.plan(
			{
				taskId: task.id,
				url: callbackUrl,
				finishesInMs: jobDurationMs,
				body: async () => await envelopeOf(call, task, order.type),
			},
			aceDataCallbacks,
		);
	return jsonAnswer(200, { task_id: task.id });
}

async function syncAnswer(call: Call, task: Job, type: TaskOrder['type']): Promise<object> {
	const envelope = await envelopeOf(call, task, type);
	// The current endpoint names no task when it answers at once.
	return type === 'tts' && 'audio_url' in envelope ? { audio_url: envelope.audio_url } : envelope;
}

async function createAudio(call: Call): Promise<Answer> {
	const request = checked(AudioRequest, jsonBody(call));
	const { prompt: text, voice_id: voiceId } = request;
	return await makeSpeech(call, {
		type: 'audios',
		request,
		text,
		voiceId,
		format: 'mp3',
		answering: request,
	});
}

async function createTts(call: Call): Promise<Answer> {
	const request = checked(TtsRequest, jsonBody(call));
	checked(Engine, call.headers.model ?? 's2-pro');
	const { text, reference_id: reference, format = 'mp3' } = request;
	const voiceId = Array.isArray(reference) ? reference[0] : reference;
	if (format === 'pcm')
		throw new ApiProblem(400, 'invalid_request', 'format: the sandbox has no PCM');
	return await makeSpeech(call, {
		type: 'tts',
		request,
		text,
		voiceId,
		format,
		answering: request,
	});
}

async function createVoice(call: Call): Promise<Answer> {
	const request = checked(VoiceRequest, jsonBody(call));
	await fetchMedia(call, 'voice_url', request.voice_url);
	acceptWork(call, 10, request.voice_url.split('?')[0] ?? '');
	const voice = call.state.voices.add({ name: request.title ?? 'Voice', provider: 'fishaudio' });
	const task_id = `task_of_${voice.id}`;
	const { title, description, image_url: cover_image } = request;
	const data = { _id: voice.id, title, description, cover_image, state: 'trained' };
	return jsonAnswer(200, { success: true, task_id, trace_id: `trace_${task_id}`, data });
}

async function readTasks(call: Call): Promise<Answer> {
	const request = checked(TasksRequest, jsonBody(call));
	const ids = request.action === 'retrieve' ? [request.id] : request.ids;
	const { mostTasksTold, tasksHiddenForMs } = call.state.behaviour;
	const items: object[] = [];
	for (const id of ids.slice(0, mostTasksTold ?? ids.length)) {
		const job = call.state.aceDataTasks.get(id);
		if (job === undefined || call.services.now() < job.createdAt + tasksHiddenForMs) continue;
		job.polls += 1;
		items.push(await taskOf(call, job));
	}
	if (request.action === 'retrieve') return jsonAnswer(200, items[0] ?? {});
	return jsonAnswer(200, { items, count: items.length });
}

export const aceDataHandlers = {
	createAudio,
	createTts,
	createAceDataVoice: createVoice,
	readTasks,
} satisfies Handlers;
