import { parseArgs } from 'node:util';
import { baseUrlProblem, normalizeBaseUrl } from '../../nodes/shared/api/baseUrl.ts';
import { fishSpeech } from '../../nodes/shared/fishspeech/service.ts';

export interface LiveOptions {
	/** Absent: nothing is sent. */
	readonly token: string | undefined;
	readonly baseUrl: string;
	readonly paid: boolean;
	/** Address of a short video that the service can read; absent: no lip sync. */
	readonly lipSyncVideoUrl: string | undefined;
	/** Whether one paid call is made twice with one key. */
	readonly idempotency: boolean;
	/** The voice that speaks; the first of the account's list when absent. */
	readonly voiceId: string | undefined;
	/** Credits by which the balance may fall. */
	readonly budget: number;
	/** The folder of the report. */
	readonly folder: string;
}

const DEFAULT_BUDGET = 50;

/** Reads the command line and the environment; throws a sentence for a wrong one. */
export function readOptions(
	args: readonly string[],
	env: Readonly<Record<string, string | undefined>>,
): LiveOptions {
	const { values } = parseArgs({
		args: [...args],
		options: {
			paid: { type: 'boolean', default: false },
			'lip-sync': { type: 'string' },
			idempotency: { type: 'boolean', default: false },
			voice: { type: 'string' },
			budget: { type: 'string' },
			folder: { type: 'string', default: '.' },
		},
	});
	const budget = values.budget === undefined ? DEFAULT_BUDGET : Number(values.budget);
	if (!Number.isFinite(budget) || budget < 0)
		throw new Error('--budget must be a number of credits, such as 50.');
	const videoUrl = values['lip-sync'];
	if (videoUrl !== undefined && !URL.canParse(videoUrl))
		throw new Error('--lip-sync needs the address of a short video that the service can read.');
	if (videoUrl !== undefined && !values.paid)
		throw new Error('--lip-sync costs credits: it needs --paid as well.');
	if (values.idempotency && !values.paid)
		throw new Error('--idempotency costs credits: it needs --paid as well.');
	const baseUrl = filled(env['FISHSPEECH_BASE_URL']) ?? fishSpeech.baseUrl.default;
	// The nodes see the recorder's address on this machine, so they cannot check this one.
	const problem = baseUrlProblem(baseUrl, fishSpeech.baseUrl);
	if (problem !== undefined) throw new Error(`FISHSPEECH_BASE_URL: ${problem}`);
	return {
		token: filled(env['FISHSPEECH_API_TOKEN']),
		baseUrl: normalizeBaseUrl(baseUrl),
		paid: values.paid,
		lipSyncVideoUrl: videoUrl,
		idempotency: values.idempotency,
		voiceId: values.voice,
		budget,
		folder: values.folder,
	};
}

function filled(text: string | undefined): string | undefined {
	const trimmed = text?.trim();
	return trimmed === '' ? undefined : trimmed;
}
