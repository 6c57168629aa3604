import type { Handle, Route, Zone } from '../call.mts';
import { aceDataHandlers } from '../acedata/routes.mts';
import { ACEDATA_ENDPOINTS, ENDPOINTS, partsOf, type EndpointName } from '../endpoints.mts';
import { announcedHandlers } from './announced.mts';
import { fileHandlers } from './files.mts';
import { lipSyncHandlers } from './lipSync.mts';
import { openApiHandlers } from './openApi.mts';
import { profileHandlers } from './profile.mts';
import { speechHandlers } from './speech.mts';
import { speechJobHandlers } from './speechJobs.mts';
import { transcriptionHandlers } from './transcriptions.mts';
import { voiceHandlers } from './voices.mts';

/** An endpoint without a handler, and a handler without an endpoint, do not compile. */
const HANDLERS: Readonly<Record<EndpointName, Handle>> = {
	...profileHandlers,
	...speechHandlers,
	...speechJobHandlers,
	...transcriptionHandlers,
	...voiceHandlers,
	...lipSyncHandlers,
	...announcedHandlers,
	...openApiHandlers,
	...fileHandlers,
	...aceDataHandlers,
};

const ALL_ENDPOINTS = { ...ENDPOINTS, ...ACEDATA_ENDPOINTS };

function route(name: EndpointName, zone: Zone): Route {
	return { ...partsOf(ALL_ENDPOINTS[name]), zone, handle: HANDLERS[name] };
}

const OUTSIDE_OF_THE_API: Partial<Record<EndpointName, Zone>> = {
	getOpenApi: 'public',
	downloadFile: 'files',
	createAudio: 'aceData',
	createTts: 'aceData',
	createAceDataVoice: 'aceData',
	readTasks: 'aceData',
};

const names = Object.keys(ALL_ENDPOINTS).filter(
	(name): name is EndpointName => name in ALL_ENDPOINTS,
);

export const routes: readonly Route[] = names.map((name) =>
	route(name, OUTSIDE_OF_THE_API[name] ?? 'api'),
);
export const fileRoutes: readonly Route[] = routes.filter(({ zone }) => zone === 'files');
