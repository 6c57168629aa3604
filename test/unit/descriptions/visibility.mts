import { Readable } from 'node:stream';
import {
	NodeHelpers,
	type IBinaryData,
	type IExecuteFunctions,
	type INodeParameters,
	type INodeProperties,
	type NodeParameterValueType,
} from 'n8n-workflow';
import { ApiClient, openAccount } from '../../../nodes/shared/api/client/apiClient';
import { fishSpeech } from '../../../nodes/shared/fishspeech/service';
import { BinaryStore } from '../../../nodes/shared/host/media/binaryStore';
import { ParameterReader, valuesOfItem } from '../../../nodes/shared/host/parameters/reader';
import { runtime } from '../../../nodes/shared/host/runtime';
import { choicesOf, entriesOf, type Choice, type PackageNode } from './catalogue.mts';

const typeVersion = 1;
const node = { typeVersion };

/** What a user would have filled in, by parameter. */
const filledIn: Readonly<Record<string, NodeParameterValueType>> = {
	text: 'Good morning.',
	voiceId: { __rl: true, mode: 'id', value: 'voice_123' },
	jobId: 'job_123',
	webhookUrl: 'https://example.com/hook',
	audioUrl: 'https://example.com/audio.mp3',
	videoUrl: 'https://example.com/video.mp4',
	name: 'Anna',
	lines: 'Anna: Good morning.',
	endpoint: { __rl: true, mode: 'id', value: 'POST /images' },
	statusEndpoint: { __rl: true, mode: 'id', value: 'GET /images/{id}' },
	speakers: { speaker: [{ name: 'Anna', voiceId: 'voice_123' }] },
};

/** One way to set the parameters on which the visibility of others depends, on the canvas or as a tool. */
export interface Setting {
	readonly operation: Choice;
	readonly chosen: INodeParameters;
	readonly isTool: boolean;
}

/** All combinations of the parameters that an operation's `displayOptions` look at, as far as they can be chosen. */
export function settingsOf(packageNode: PackageNode): Setting[] {
	const all = packageNode.operations.flatMap((operation) =>
		combinationsOf(operation, packageNode.control).flatMap((chosen) =>
			(packageNode.description.usableAsTool ? [false, true] : [false]).map(
				(isTool): Setting => ({ operation, chosen, isTool }),
			),
		),
	);
	return all.filter((setting) => canBeChosen(packageNode, setting));
}

function combinationsOf(
	{ name, fields }: Choice,
	control: PackageNode['control'],
): INodeParameters[] {
	const watched = new Set(
		fields.flatMap(({ displayOptions: { show = {}, hide = {} } = {} }) => [
			...Object.keys(show),
			...Object.keys(hide),
		]),
	);
	const values = new Map<string, Set<NodeParameterValueType>>();
	for (const field of fields.filter((candidate) => watched.has(candidate.name))) {
		const known = values.get(field.name) ?? new Set();
		values.set(field.name, new Set([...known, ...valuesOf(field)]));
	}
	return [...values].reduce<INodeParameters[]>(
		(combinations, [watchedName, choices]) =>
			combinations.flatMap((chosen) =>
				[...choices].map((choice) => ({ ...chosen, [watchedName]: choice })),
			),
		[{ [control]: name }],
	);
}

function valuesOf(control: INodeProperties): NodeParameterValueType[] {
	if (control.type === 'boolean') return [true, false];
	const values = choicesOf(control).map(({ value }) => value);
	return values.length > 0 ? values : [control.default];
}

/** Nobody can set a control that is hidden, nor to a value that it does not offer. */
function canBeChosen(packageNode: PackageNode, setting: Setting): boolean {
	const shown = shownProperties(packageNode, setting);
	return Object.entries(setting.chosen).every(([name, value]) =>
		shown.some((property) => property.name === name && valuesOf(property).includes(value)),
	);
}

function shownProperties(packageNode: PackageNode, setting: Setting): INodeProperties[] {
	const { properties } = packageNode.description;
	return properties.filter((property) => isShown(property, packageNode, setting));
}

function isShown(
	property: INodeProperties,
	{ description }: PackageNode,
	{ chosen, isTool }: Setting,
	values = chosen,
): boolean {
	const type = isTool ? { ...description, name: `${description.name}Tool` } : description;
	return NodeHelpers.displayParameter(values, property, node, type, chosen);
}

export interface Names {
	readonly parameters: readonly string[];
	readonly options: readonly string[];
}

/** What the editor shows. */
export function shownNames(packageNode: PackageNode, setting: Setting): Names {
	const shown = shownProperties(packageNode, setting);
	const entries = shown.filter(({ name }) => name === 'options').flatMap(entriesOf);
	return {
		parameters: sorted(
			shown.map(({ name }) => name).filter((name) => name !== packageNode.control),
		),
		options: sorted(
			entries.filter((entry) => isShown(entry, packageNode, setting, {})).map(({ name }) => name),
		),
	};
}

/** What the operation asks for when it reads the parameters of an item. */
export async function readNames(packageNode: PackageNode, setting: Setting): Promise<Names> {
	const { operation, chosen } = setting;
	const parameters = new Set<string>();
	const options = new Set<string>();
	const defaults = shownProperties(packageNode, setting).map(
		({ name, default: value }) => [name, filledIn[name] ?? value] as const,
	);
	const values: INodeParameters = { ...Object.fromEntries(defaults), ...chosen };
	const note = (_target: object, name: string | symbol) => {
		options.add(String(name));
		return undefined;
	};
	const collection = new Proxy({}, { get: note, getOwnPropertyDescriptor: note });
	const getNodeParameter = (name: string): unknown => {
		parameters.add(name);
		if (name === 'options') return collection;
		const value = values[name];
		return typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
	};
	const assertBinaryData = (_item: number, field: unknown): IBinaryData => ({
		id: 'filesystem-v2:1',
		data: 'filesystem-v2',
		mimeType: field === 'video' ? 'video/mp4' : 'audio/mpeg',
		fileName: field === 'video' ? 'clip.mp4' : 'voice.mp3',
		bytes: 1_000,
	});
	// As much of n8n as reading parameters needs.
	const createBinarySignedUrl = () => 'https://n8n.example.com/rest/binary-data/signed?token=t';
	const helpers = { assertBinaryData, createBinarySignedUrl };
	const host = { getNodeParameter, helpers } as unknown as IExecuteFunctions;
	const reader = new ParameterReader(valuesOfItem(host, 0), 0);
	const own = (await operation.forAccount?.(schemaClient)) ?? operation;
	own.prepare(reader, {
		binaries: new BinaryStore(host),
		account: silentAccount,
		inputJson: () => ({}),
		isFromModel: () => false,
	});
	return { parameters: sorted(parameters), options: sorted(options) };
}

/** Reading sends nothing. */
const silentAccount = openAccount({
	service: fishSpeech,
	baseUrl: 'http://127.0.0.1/api/open/v1',
	token: 'unused',
	transport: {
		name: 'undici',
		send: async () => {
			throw new Error('something was sent');
		},
	},
	clock: runtime,
});

const schema = {
	openapi: '3.1.0',
	paths: { '/images': { post: {} }, '/images/{id}': { get: {} } },
};

/** What is looked up before the parameters are read: the schema of the account. */
const schemaClient = new ApiClient(
	{
		...silentAccount,
		transport: {
			name: 'undici',
			send: async () => ({
				status: 200,
				headers: { 'content-type': 'application/json' },
				body: Readable.from([Buffer.from(JSON.stringify(schema))], { objectMode: false }),
			}),
		},
	},
	{ requestTimeoutMs: 1_000, maxRetries: 0, retryUnknownOutcome: false, secrets: [] },
);

function sorted(names: Iterable<string>): string[] {
	return [...names].sort();
}
