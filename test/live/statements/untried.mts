import { notTried } from './make.mts';
import type { Statement } from './statement.mts';

const onPurpose = 'it cannot be brought about without spending or without harm';

/** Statements of the contract that no step tries, and why. */
export const UNTRIED: readonly Statement[] = [
	notTried(
		'1.402',
		'1',
		'402: credits, API quota or the provider’s share are used up',
		`the account would have to be empty`,
	),
	notTried('1.403', '1', '403: not allowed, or refused by a CDN', onPurpose),
	notTried('1.409', '1', '409: the state of the resource forbids it', onPurpose),
	notTried('1.413', '1', '413: the upload is too large', 'it takes an upload of many megabytes'),
	notTried('1.422', '1', '422: the media cannot be processed', 'a try may be charged'),
	notTried('1.429', '1', '429: the rate limit is reached', 'it takes a flood of calls'),
	notTried('1.5xx', '1', '500, 502, 503, 504: the service or a gateway failed', onPurpose),
	notTried(
		'2.update',
		'2',
		'POST /profile with a webhookUrl changes the account',
		'it would change the account',
	),
	notTried(
		'3.aliases',
		'3',
		'reference_id and modelId are older names of voiceId',
		'each try is another paid call',
	),
	notTried('3.formats', '3', 'wav works; opus and ogg get a 400', 'each try is another paid call'),
	notTried(
		'4.failed',
		'4',
		'A failed job has a code or a message',
		'no job can be made to fail for certain',
	),
	notTried(
		'6.inUse',
		'6',
		'DELETE /voices/{voiceId} answers 409 for a voice in use',
		'a paid job would have to run',
	),
];
