import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { isLoopbackHost } from '../../api/baseUrl';
import { isPrivateHost } from '../../api/http/privateAddress';
import type { BinaryStore } from '../media/binaryStore';
import { binaryFieldName } from './fields';
import { readInputFile } from './inputFile';
import { choice, number, shownWhen, url, type Parameter } from './parameter';
import type { ReadContext } from './readContext';
import type { ParameterReader } from './reader';

/** A file for the service, which takes only URLs: a given URL, or one that n8n signs for a file of its own. */
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

const signedUrlMinutes = number({
	displayName: 'Signed URL Validity (Minutes)',
	name: 'signedUrlMinutes',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 7 * 24 * 60 },
	default: 60,
	description:
		'How long the service can read a file that comes from a binary field. After that its address no longer works.',
});

/** The option of signed URLs, shown as soon as one of the sources is a binary field. */
export function signedUrlOptions(
	...sources: readonly MediaSourceNames[]
): Array<Parameter<number>> {
	return sources.map(({ source }, index) => {
		const before = sources
			.slice(0, index)
			.map((other): [string, string[]] => [`/${other.source}`, ['url']]);
		// n8n cannot say "or": the entry of each source shows when those before it are URLs.
		return shownWhen(signedUrlMinutes, {
			...Object.fromEntries(before),
			[`/${source}`]: ['binary'],
		});
	});
}

export type MediaSourceParameters = ReturnType<typeof mediaSource>;

/** The parameters of a source: where the file comes from, its URL, its binary field. */
export function mediaSource(names: MediaSourceNames) {
	const { media, source, field, fieldTitle, defaultField } = names;
	const title = media === 'audio' ? 'Audio' : 'Video';
	return {
		names,
		source: choice(
			{
				displayName: `${title} Source`,
				name: source,
				default: 'url',
				description: `Where the ${media} comes from`,
			},
			['URL', 'url', 'The service fetches the file from an address'],
			[
				'Binary Field',
				'binary',
				'The service fetches the file from this n8n, which must be reachable from the internet, by an address that expires',
			],
		),
		url: shownWhen(
			url({
				displayName: `${title} URL`,
				name: names.url,
				type: 'string',
				default: '',
				required: true,
				placeholder: `e.g. https://example.com/${media === 'audio' ? 'interview.mp3' : 'clip.mp4'}`,
				description: `Address of the ${media} file, which the service must be able to read without logging in`,
			}),
			{ [source]: ['url'] },
		),
		field: shownWhen(
			binaryFieldName({
				displayName: fieldTitle,
				name: field,
				type: 'string',
				default: defaultField,
				required: true,
				placeholder: `e.g. ${defaultField}`,
				hint: `The name of the input binary field that holds the ${media} file`,
				description: `Name of the binary field of the item that holds the ${media}`,
			}),
			{ [source]: ['binary'] },
		),
	};
}

/** In the order of the editor. */
export function mediaSourceFields({
	source,
	url: address,
	field,
}: MediaSourceParameters): Array<Parameter<unknown>> {
	return [source, address, field];
}

/** Reads and checks a source, down to whether the service can reach this n8n, without sending anything. */
export function readMediaSource(
	reader: ParameterReader,
	context: ReadContext,
	parameters: MediaSourceParameters,
): MediaSource {
	const { names, source: sourceParameter, url: address, field } = parameters;
	if (reader.get(sourceParameter) === 'url') return { type: 'url', url: reader.get(address) };
	const binary = readInputFile(reader, context, {
		field: reader.get(field),
		displayName: names.fieldTitle,
		wanted: names.media,
	});
	const validMinutes = reader.option(signedUrlMinutes);
	const source: MediaSource = { type: 'binary', binary, validMinutes };
	const problem = sharingProblem(source, context);
	if (problem !== undefined) throw reader.fail(sourceParameter.field.displayName, ...problem);
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
	{ binaries, account }: ReadContext,
): readonly [found: string, accepted: string] | undefined {
	if (source.binary.id === undefined)
		return [
			'is Binary Field, but this n8n keeps files in memory, where nothing else can fetch them',
			'a URL, or a binary field of an n8n that stores files (N8N_DEFAULT_BINARY_DATA_MODE=filesystem)',
		];
	const origin = unreachableOrigin(urlOfMedia(source, binaries), account);
	if (origin === undefined) return undefined;
	return [
		`is Binary Field, but the address of this n8n is ${origin}, which ${account.service.name} cannot reach`,
		'a URL, or a binary field of an n8n whose public address is set in the environment variable WEBHOOK_URL',
	];
}

/** The origin of an address of this n8n that the service cannot reach; `undefined` when it can. */
export function unreachableOrigin(
	url: string,
	{ baseUrl }: Pick<ReadContext['account'], 'baseUrl'>,
): string | undefined {
	const address = /^https?:/i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
	if (address !== undefined && !isPrivateHost(address.hostname)) return undefined;
	// A service on this machine, such as a gateway or a test, reaches local addresses.
	if (address !== undefined && isLoopbackHost(new URL(baseUrl).hostname)) return undefined;
	return address?.origin ?? 'not an http or https URL';
}
