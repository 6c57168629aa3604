import type { Step } from './step.mts';

const UNKNOWN_JOB = '00000000-0000-4000-8000-000000000000';
const FREE = 'nothing';

/** What costs nothing. */
export const READ_STEPS: readonly Step[] = [
	{
		name: 'profile',
		kind: 'read',
		what: 'the profile (Profile → Get)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechProfile', { operation: 'get' });
			return true;
		},
	},
	{
		name: 'voices',
		kind: 'read',
		what: 'one page of voices (Voices → Get Many)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechVoices', { operation: 'getAll', returnAll: false, limit: 5 });
			return true;
		},
	},
	{
		name: 'lipSyncList',
		kind: 'read',
		what: 'one page of lip-sync jobs (Lip Sync → Get Many)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechLipSync', { operation: 'getAll', returnAll: false, limit: 5 });
			return true;
		},
	},
	{
		name: 'schema',
		kind: 'read',
		what: 'the published schema (openapi.json)',
		cost: FREE,
		run: async (stage) => {
			const { pathname } = new URL(stage.options.baseUrl);
			await stage.send(`${pathname.replace(/\/open\/v1$/, '')}/openapi.json`);
			return true;
		},
	},
	{
		name: 'wrongToken',
		kind: 'read',
		what: 'the profile with a wrong token',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechProfile', { operation: 'get' }, { wrongToken: true });
			return true;
		},
	},
	{
		name: 'unknownJob',
		kind: 'read',
		what: 'a speech job that does not exist (Text to Speech → Get Job)',
		cost: FREE,
		run: async (stage) => {
			const parameters = { operation: 'getJob', jobId: UNKNOWN_JOB };
			await stage.run('fishSpeechTextToSpeech', parameters);
			return true;
		},
	},
	{
		name: 'unknownLipSyncJob',
		kind: 'read',
		what: 'a lip-sync job that does not exist (Lip Sync → Get Job)',
		cost: FREE,
		run: async (stage) => {
			await stage.run('fishSpeechLipSync', { operation: 'getJob', jobId: UNKNOWN_JOB });
			return true;
		},
	},
];
