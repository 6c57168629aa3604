import type { IBinaryData, IDataObject, INodeProperties } from 'n8n-workflow';

import { isLoopbackHost } from '../../api/baseUrl';
import type { BinaryStore } from './binary';
import { choices } from '../parameters/fields';
import { readInputFile } from './inputFiles';
import type { ReadContext } from '../run/operation';
import { OPTIONS } from '../parameters/options';
import type { ParameterReader } from '../parameters/parameters';
import { isPrivateHost } from './privateHost';

/** A file for the service, which takes only URLs: one given, or one that n8n signs for a file of its own. */
export type MediaSource =
	| { readonly type: 'url'; readonly url: string }
	| { readonly type: 'binary'; readonly binary: IBinaryData; readonly validMinutes: number };

/** The parameters of a source. */
export interface MediaSourceNames {
	readonly media: 'audio' | 'video';
	/** `audioSource` and the like. */
	readonly source: string;
	readonly url: string;
	readonly field: string;
	readonly fieldTitle: string;
	readonly defaultField: string;
}

const SOURCES = ['url', 'binary'] as const;
const DEFAULT_VALID_MINUTES = 60;
const LONGEST_VALID_MINUTES = 7 * 24 * 60;
const VALID_MINUTES = 'Signed URL Validity (Minutes)';

/** The option of signed URLs, shown as soon as one of the sources is a binary field. */
export function signedUrlFields(...sources: readonly MediaSourceNames[]): INodeProperties[] {
	return sources.map(({ source }, index) => {
		const before = sources
			.slice(0, index)
			.map((other): [string, string[]] => [`/${other.source}`, ['url']]);
		return {
			displayName: VALID_MINUTES,
			name: 'signedUrlMinutes',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: LONGEST_VALID_MINUTES },
			// n8n cannot say "or": the entry of each source shows when those before it are URLs.
			displayOptions: { show: { ...Object.fromEntries(before), [`/${source}`]: ['binary'] } },
			default: DEFAULT_VALID_MINUTES,
			description:
				'How long the service can read a file that comes from a binary field. After that its address opens nothing.',
		};
	});
}

export function mediaSourceFields(names: MediaSourceNames): INodeProperties[] {
	const { media, source, url, field, fieldTitle, defaultField } = names;
	const title = titleOf(names);
	return [
		{
			displayName: `${title} Source`,
			name: source,
			type: 'options',
			options: choices(
				['URL', 'url', 'The service fetches the file from an address'],
				[
					'Binary Field',
					'binary',
					'The service fetches the file from this n8n, which must be reachable from the internet, by an address that expires',
				],
			),
			default: 'url',
			description: `Where the ${media} comes from`,
		},
		{
			displayName: `${title} URL`,
			name: url,
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { [source]: ['url'] } },
			placeholder: `e.g. https://example.com/${media === 'audio' ? 'interview.mp3' : 'clip.mp4'}`,
			description: `Address of the ${media} file, which the service must be able to read without logging in`,
		},
		{
			displayName: fieldTitle,
			name: field,
			type: 'string',
			default: defaultField,
			required: true,
			displayOptions: { show: { [source]: ['binary'] } },
			placeholder: `e.g. ${defaultField}`,
			hint: `The name of the input binary field that holds the ${media} file`,
			description: `Name of the binary field of the item that holds the ${media}`,
		},
	];
}

/** Reads and checks a source, down to whether the service can reach this n8n, without sending anything. */
export function readMediaSource(
	reader: ParameterReader,
	context: ReadContext,
	names: MediaSourceNames,
): MediaSource {
	const title = titleOf(names);
	if (reader.choice(names.source, `${title} Source`, SOURCES) === 'url')
		return {
			type: 'url',
			url: reader.url(reader.value(names.url, `${title} URL`), `${title} URL`),
		};
	const binary = readInputFile(reader, context, {
		field: reader.fieldName(names.field, names.fieldTitle),
		displayName: names.fieldTitle,
		wanted: names.media,
	});
	const { signedUrlMinutes = DEFAULT_VALID_MINUTES } = reader.collection('options', OPTIONS);
	const validMinutes = reader.number(signedUrlMinutes, VALID_MINUTES, {
		min: 1,
		max: LONGEST_VALID_MINUTES,
	});
	const source: MediaSource = { type: 'binary', binary, validMinutes };
	const problem = sharingProblem(source, context);
	if (problem !== undefined) throw reader.fail(`${title} Source`, ...problem);
	return source;
}

/** What stands for a source in a logical request: an address as given, a file by its place in the store. */
export function mediaIdentity(source: MediaSource, binaries: BinaryStore): IDataObject {
	return source.type === 'url' ? { url: source.url } : { file: binaries.identity(source.binary) };
}

/** The URL that is sent. A signed one is new at each call: it is a key, and must be hidden like one. */
export function urlOfMedia(source: MediaSource, binaries: BinaryStore): string {
	return source.type === 'url'
		? source.url
		: binaries.signedUrl(source.binary, source.validMinutes);
}

/** Why the service could not fetch a file of this n8n: what was found, and what would be accepted. */
function sharingProblem(
	source: Extract<MediaSource, { type: 'binary' }>,
	{ binaries, client }: ReadContext,
): readonly [found: string, accepted: string] | undefined {
	if (source.binary.id === undefined)
		return [
			'is Binary Field, but this n8n keeps files in memory, where nothing else can fetch them',
			'a URL, or a binary field of an n8n that stores files (N8N_DEFAULT_BINARY_DATA_MODE=filesystem)',
		];
	const url = urlOfMedia(source, binaries);
	const address = /^https?:/i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
	if (address !== undefined && !isPrivateHost(address.hostname)) return undefined;
	// A service on this very machine, such as a gateway or a test, reaches what is near it.
	if (address !== undefined && isLoopbackHost(new URL(client.origin).hostname)) return undefined;
	return [
		`is Binary Field, but the address of this n8n is ${address?.origin ?? 'no http or https URL'}, which the FishSpeech service cannot reach`,
		'a URL, or a binary field of an n8n whose public address is set in the environment variable WEBHOOK_URL',
	];
}

function titleOf({ media }: MediaSourceNames): string {
	return media === 'audio' ? 'Audio' : 'Video';
}
