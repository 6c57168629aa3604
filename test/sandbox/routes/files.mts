import { ApiProblem, bytesAnswer } from '../answer.mts';
import type { Handlers } from '../call.mts';

export const fileHandlers = {
	downloadFile: ({ state, services, record, params, query }) => {
		if (state.behaviour.mediaNeedsToken && record.authorization !== 'ok') {
			throw new ApiProblem(401, 'unauthorized', 'The file needs the bearer token.');
		}
		const file = state.files.get(params.name ?? '');
		if (file === undefined) throw new ApiProblem(404, 'not_found', 'No such file.');
		if (query.signature !== file.signature || services.now() >= file.expiresAt) {
			throw new ApiProblem(403, 'link_expired', 'The link has expired or is not signed.');
		}
		return bytesAnswer(file.bytes, file.mimeType);
	},
} satisfies Handlers;
