import { extname } from 'node:path';
import { ApiProblem, jsonAnswer, type Answer } from '../answer.mts';
import { acceptWork, type Call, type Handlers, type UploadedFile } from '../call.mts';
import { checked, VoiceFields, VoicesQuery } from '../contract.mts';

const extensions = new Set(['.wav', '.mp3', '.m4a', '.ogg', '.flac']);

function list(call: Call): Answer {
	const query = checked(VoicesQuery, call.query);
	const limit = query.limit ?? query.pageSize ?? 20;
	const offset = query.offset ?? 0;
	const search = query.search?.toLowerCase() ?? '';
	const found = call.state.voices
		.all()
		.filter((voice) => voice.name.toLowerCase().includes(search))
		.filter((voice) => query.provider === undefined || voice.provider === query.provider);
	const total = call.state.behaviour.voicesTotal ?? found.length;
	return jsonAnswer(200, {
		total,
		page: Math.floor(offset / limit) + 1,
		pageSize: limit,
		totalPages: Math.ceil(total / limit),
		items: found.slice(offset, offset + limit),
	});
}

function refuse(status: number, field: string, what: string): never {
	const code = status === 413 ? 'payload_too_large' : 'invalid_request';
	throw new ApiProblem(status, code, `${field}: ${what}`, { field });
}

function checkSample(file: UploadedFile): void {
	const { name, fileName, mimeType, bytes } = file;
	if (name !== 'audioFiles') refuse(400, name, 'is not a part of this endpoint');
	if (file.tooLarge) refuse(413, name, `${fileName} is larger than 25 MB`);
	if (bytes.length === 0) refuse(400, name, `${fileName} is empty`);
	if (!extensions.has(extname(fileName).toLowerCase())) {
		refuse(400, name, `${fileName} is not one of wav, mp3, m4a, ogg, flac`);
	}
	if (!mimeType.startsWith('audio/') && mimeType !== 'application/octet-stream') {
		refuse(400, name, `${mimeType} is not audio`);
	}
}

function create(call: Call): Answer {
	const { body, state, record } = call;
	if (body.kind === 'unreadable') refuse(400, 'body', body.why);
	if (body.kind !== 'multipart') refuse(400, 'content-type', 'multipart/form-data is required');
	const names = body.fields.map(({ name }) => name);
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated !== undefined) refuse(400, repeated, 'is given more than once');
	const entries = body.fields.map(({ name, value }) => [name, value] as const);
	const fields = checked(VoiceFields, Object.fromEntries(entries));
	for (const file of body.files) checkSample(file);
	if (body.files.length === 0) refuse(400, 'audioFiles', 'at least one is required');

	acceptWork(call, 0, fields.name);
	const visibility = fields.visibility ?? 'private';
	const voice = state.voices.add({ name: fields.name, provider: 'fishaudio', visibility });
	record.createdId = voice.id;
	return jsonAnswer(201, { voiceId: voice.id, voice });
}

function remove(call: Call): Answer {
	const { state, params, record } = call;
	const id = params.voiceId ?? '';
	if (!state.voices.has(id)) throw new ApiProblem(404, 'voice_not_found', 'The voice is unknown.');
	if (state.voices.isInUse(id) || state.speechJobs.usesVoice(id)) {
		throw new ApiProblem(409, 'voice_in_use', 'The voice is in use.');
	}
	state.voices.delete(id);
	record.accepted = true;
	return jsonAnswer(200, { success: true });
}

export const voiceHandlers = {
	listVoices: list,
	createVoice: create,
	deleteVoice: remove,
} satisfies Handlers;
