import { describe, expect, it } from 'vitest';
import type { INodeParameters } from 'n8n-workflow';
import {
	createJob,
	failureOf,
	failureRowsOf,
	getJob,
	synthesize,
	useLab,
	voice,
	waitForJob,
} from '../../support/lab/index.mts';

const NODE = 'fishSpeechTextToSpeech';
const good = { json: { text: 'A text that is fine.', jobId: 'task_1' } };

const lab = useLab();

type Row = readonly [
	name: string,
	INodeParameters,
	parameter: string,
	found: string,
	accepted: RegExp,
];
const options = (changes: object) => synthesize({ options: changes as INodeParameters });
const waits = (changes: object) => createJob({ options: changes as INodeParameters });

/** Each is wrong for the second item, or for every item. */
const TABLE: readonly Row[] = [
	['an empty text', synthesize({ text: '={{ "" }}' }), 'Text', 'is empty', /visible character/],
	['white space', synthesize({ text: ' \n\t ' }), 'Text', 'is empty', /visible character/],
	['invisible characters', synthesize({ text: '\u200B\uFEFF' }), 'Text', 'is empty', /visible/],
	['a text that is a list', synthesize({ text: '={{ [1] }}' }), 'Text', 'is not a text', /visible/],
	['no text', synthesize({ text: '={{ $json.nothing }}' }), 'Text', 'is missing', /visible/],
	[
		'no voice',
		synthesize({ voiceId: voice('={{ "" }}') }),
		'Voice',
		'is empty',
		/a voice from the list/,
	],
	['a voice of spaces', synthesize({ voiceId: voice('  ') }), 'Voice', 'is empty', /ID of a voice/],
	['a format with a slash', synthesize({ format: 'a/b' }), 'Format', 'is "a/b"', /mp3, wav/],
	['a format in capitals', synthesize({ format: 'MP3' }), 'Format', 'is "MP3"', /lower-case/],
	['a long format', synthesize({ format: 'mp3mp3mp3' }), 'Format', 'is "mp3mp3mp3"', /2 to 8/],
	[
		'another delivery',
		synthesize({ delivery: 'carrier pigeon' }),
		'Deliver As',
		'is "carrier pigeon"',
		/file, fileViaUrl, url/,
	],
	[
		'no output field',
		synthesize({ outputBinaryField: ' ' }),
		'Output Data Field Name',
		'is empty',
		/binary field/,
	],
	[
		'extra fields as text',
		options({ extraFields: 'speed' }),
		'Extra Fields',
		'is not a JSON object',
		/JSON object/,
	],
	[
		'extra fields as a list',
		options({ extraFields: '[1]' }),
		'Extra Fields',
		'is not a JSON object',
		/JSON object/,
	],
	[
		'extra fields with a number that would be rounded',
		options({ extraFields: '{ "id": 12345678901234567890 }' }),
		'Extra Fields',
		'has the number 12345678901234567890, which JSON cannot carry exactly',
		/in quotes/,
	],
	...['text', 'voiceId', 'format', 'cache'].map(
		(field): Row => [
			`extra fields that replace ${field}`,
			options({ extraFields: JSON.stringify({ [field]: 'x' }) }),
			'Extra Fields',
			`would replace ${field}`,
			/no parameter of their own/,
		],
	),
	[
		'a file name with a path',
		options({ fileName: '../x' }),
		'File Name',
		'is "../x"',
		/without slashes/,
	],
	[
		'a file name with a backslash',
		options({ fileName: 'a\\b' }),
		'File Name',
		'is "a\\b"',
		/slashes/,
	],
	[
		'a hidden file',
		options({ fileName: '.htaccess' }),
		'File Name',
		'is ".htaccess"',
		/leading dots/,
	],
	['an endless file name', options({ fileName: 'x'.repeat(121) }), 'File Name', 'is "xxx', /120/],
	['a negative concurrency', options({ concurrency: -1 }), 'Concurrency', 'is -1', /1 to 500/],
	['half a call at a time', options({ concurrency: 1.5 }), 'Concurrency', 'is 1.5', /whole number/],
	['no call at a time', options({ concurrency: 0 }), 'Concurrency', 'is 0', /1 to 500/],
	['negative retries', options({ maxRetries: -1 }), 'Max Retries', 'is -1', /0 to 20/],
	['too many retries', options({ maxRetries: 21 }), 'Max Retries', 'is 21', /0 to 20/],
	[
		'a timeout of nothing',
		options({ requestTimeoutSeconds: 0 }),
		'Request Timeout (Seconds)',
		'is 0',
		/0\.1 to 86400/,
	],
	[
		'a timeout as a word',
		options({ requestTimeoutSeconds: 'soon' }),
		'Request Timeout (Seconds)',
		'is "soon"',
		/a number/,
	],
	[
		'a flag as a word',
		options({ retryUnknownOutcome: 'perhaps' }),
		'Retry Unknown Outcome',
		'is "perhaps"',
		/true or false/,
	],
	[
		'another choice for a once key',
		options({ whenSeenBefore: 'buy again' }),
		'When Seen Before',
		'is "buy again"',
		/skip, fail/,
	],
	[
		'another voice field',
		options({ voiceIdField: 'voice' }),
		'Voice ID Field',
		'is "voice"',
		/modelId, reference_id, voiceId/,
	],
	[
		'an engine that is a list',
		options({ engineModelId: '={{ [7] }}' }),
		'Engine Model ID',
		'is a list',
		/ID of an engine/,
	],
	[
		'a negative wait',
		waits({ waitTimeoutSeconds: -1 }),
		'Wait Timeout (Seconds)',
		'is -1',
		/0 to 86400/,
	],
	[
		'a wait of more than a day',
		waits({ waitTimeoutSeconds: 86_401 }),
		'Wait Timeout (Seconds)',
		'is 86401',
		/0 to 86400/,
	],
	[
		'polls without a pause',
		waits({ initialPollSeconds: 0 }),
		'Initial Poll (Seconds)',
		'is 0',
		/0\.1 to/,
	],
	['a negative pause', waits({ maxPollSeconds: -5 }), 'Max Poll (Seconds)', 'is -5', /0\.1 to/],
	...['a/b', '..', 'a%2Fb', 'a b', 'a?b', 'a#b', 'a\\b', 'x'.repeat(201)].flatMap((jobId): Row[] =>
		[getJob({ jobId }), waitForJob({ jobId })].map((parameters) => [
			`the job id "${jobId.slice(0, 10)}" for ${String(parameters.operation)}`,
			parameters,
			'Job ID',
			'is "',
			/without slashes, percent signs or spaces/,
		]),
	),
	['no job id', getJob({ jobId: '={{ "" }}' }), 'Job ID', 'is empty', /as the service gave it/],
];

describe('refused before any request', () => {
	it.each(TABLE)('%s', async (_name, parameters, parameter, found, accepted) => {
		const result = await lab.run(NODE, parameters, { items: [good] });
		const failure = failureOf(result);
		expect(failure.error).toContain(`Parameter "${parameter}" ${found}`);
		expect(failure.error).toMatch(/\[item 0\]\.$/);
		expect(failure.message).toMatch(accepted);
		expect(failure.message).toMatch(/^Accepted: /);
		expect(failure.details).toEqual({
			kind: 'terminal',
			reason: 'invalidParameter',
			operation: parameters.operation,
			attempts: 0,
			outcomeUnknown: false,
		});
		expect(result.error?.name).toBe('NodeOperationError');
		expect(lab.control.requests()).toEqual([]);
	});

	it('the one wrong item of a batch that goes on', async () => {
		const items = [good, { json: { text: '  ' } }, good];
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await lab.run(NODE, synthesize(), { items, settings });
		expect(failureRowsOf(result)).toMatchObject([
			{ itemIndex: 1, error: 'Parameter "Text" is empty [item 1].' },
		]);
		expect(lab.control.stats().accepted).toBe(2);
		await lab.reset();
	});

	it('an expression that fails, by the name of its parameter', async () => {
		const text = "={{ $('Nowhere').item.json.text }}";
		const result = await lab.run(NODE, synthesize({ text }), { items: [good] });
		expect(failureOf(result)).toMatchObject({
			error: expect.stringMatching(/^Parameter "Text" could not be read: .*\[item 0\]\.$/),
			details: { reason: 'invalidParameter' },
		});
		expect(lab.control.requests()).toEqual([]);
	});

	it.each([
		['http to another host', 'http://api.example.org/api/open/v1', /uses http/],
		['no path', 'https://fishaudio.org', /does not end in \/api\/open\/v1/],
		['no URL', 'fishaudio', /is not a URL/],
		['nothing', '', /is empty/],
		['a query', 'https://fishaudio.org/api/open/v1?x=1', /after "\?"/],
		['a password', 'https://a:b@fishaudio.org/api/open/v1', /user name or password/],
		['another scheme', 'ftp://fishaudio.org/api/open/v1', /starts with "ftp:"/],
	])('a base URL with %s', async (_name, baseUrl, says) => {
		const credential = lab.engine.credential('fishSpeechApi', {
			apiToken: 'secret-token',
			baseUrl,
		});
		const result = await lab.run(NODE, synthesize(), { items: [good], credential });
		expect(failureOf(result).error).toMatch(says);
		expect(failureOf(result).details.reason).toBe('invalidParameter');
		expect(JSON.stringify(result.error)).not.toContain('secret-token');
	});

	it('an empty token', async () => {
		const { baseUrl } = lab.sandbox;
		const credential = lab.engine.credential('fishSpeechApi', { apiToken: ' ', baseUrl });
		const result = await lab.run(NODE, synthesize(), { items: [good], credential });
		expect(failureOf(result).error).toContain('The API token is empty');
	});
});
