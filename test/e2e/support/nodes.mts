import type { INode, INodeParameters } from 'n8n-workflow';

import { node } from '../host/workflow.mts';

export const PACKAGE_NAME = 'n8n-nodes-fishspeech';
export const CREDENTIAL_TYPE = 'fishSpeechApi';
/** The name that the credential has in the examples, too. */
export const CREDENTIAL_NAME = 'FishSpeech account';

export type ServiceName = 'fishSpeech' | 'aceData';

/** The credential of each service, with the name that it has in the examples, too. */
export const CREDENTIALS = {
	fishSpeech: { type: CREDENTIAL_TYPE, name: CREDENTIAL_NAME },
	aceData: { type: 'aceDataCloudApi', name: 'AceDataCloud account' },
} as const satisfies Readonly<Record<ServiceName, object>>;

/** A node of the second package. */
export function aceDataNode(
	name: string,
	parameters: INodeParameters,
	more: Parameters<typeof node>[3] = {},
): INode {
	return node(name, 'n8n-nodes-acedata-fish.aceDataFishAudio', parameters, more);
}

/** The node types of the package, without its name in front. */
export type NodeTypeName =
	| 'fishSpeechProfile'
	| 'fishSpeechTextToSpeech'
	| 'fishSpeechSpeechToText'
	| 'fishSpeechVoices'
	| 'fishSpeechLipSync'
	| 'fishSpeechEndpoint'
	| 'fishSpeechTrigger';

export function fullTypeName(type: NodeTypeName): string {
	return `${PACKAGE_NAME}.${type}`;
}

/** A node of the package. */
export function fishSpeechNode(
	name: string,
	type: NodeTypeName,
	parameters: INodeParameters,
	more: Parameters<typeof node>[3] = {},
): INode {
	return node(name, fullTypeName(type), parameters, more);
}

/** A resource locator's value, as picked from the list. */
export function voice(id: string): INodeParameters {
	return { __rl: true, mode: 'list', value: id };
}

/** The parameters of Text to Speech → Synthesize that speak one text of an item. */
export function synthesis(text: string, more: INodeParameters = {}): INodeParameters {
	return { operation: 'synthesize', text, voiceId: voice('voice_anna'), ...more };
}

/** The parameters of Text to Speech → Dialogue that speak two lines in two voices. */
export function conversation(more: INodeParameters = {}): INodeParameters {
	const speaker = [
		{ name: 'Anna', voiceId: voice('voice_anna') },
		{ name: 'Boris', voiceId: voice('voice_boris') },
	];
	const lines = 'Anna: Shall we have tea?\nBoris: With pleasure.';
	return { operation: 'dialogue', lines, speakers: { speaker }, ...more };
}

/** An Edit Fields node whose output is this JSON, followed by nothing else. */
export function fixedJson(name: string, json: unknown): INode {
	const parameters = { mode: 'raw', jsonOutput: JSON.stringify(json), options: {} };
	return node(name, 'n8n-nodes-base.set', parameters, { typeVersion: 3.4 });
}

/** One item for each entry of a list. */
export function splitOut(name: string, field: string): INode {
	return node(name, 'n8n-nodes-base.splitOut', { fieldToSplitOut: field, options: {} });
}

/** Puts the file at an address into a binary field. */
export function fetchFile(name: string, url: string, field = 'data'): INode {
	const response = { response: { responseFormat: 'file', outputPropertyName: field } };
	const parameters = { url, options: { response } };
	return node(name, 'n8n-nodes-base.httpRequest', parameters, { typeVersion: 4.2 });
}

/** Poll times of a trigger: n8n wants a minute between two polls of one of them, and lets a node have many. */
export const EVERY_OTHER_SECOND: INodeParameters = {
	item: Array.from({ length: 30 }, (_, at) => ({
		mode: 'custom',
		cronExpression: `${2 * at} * * * * *`,
	})),
};
