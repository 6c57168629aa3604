import type { Route } from '../call.mts';
import { lipSyncRoutes } from './lipSync.mts';
import { openApiRoutes } from './openApi.mts';
import { profileRoutes } from './profile.mts';
import { speechRoutes } from './speech.mts';
import { speechJobRoutes } from './speechJobs.mts';
import { transcriptionRoutes } from './transcriptions.mts';
import { voiceRoutes } from './voices.mts';

export const apiRoutes: readonly Route[] = [
	...profileRoutes,
	...speechRoutes,
	...speechJobRoutes,
	...transcriptionRoutes,
	...voiceRoutes,
	...lipSyncRoutes,
	...openApiRoutes,
];
