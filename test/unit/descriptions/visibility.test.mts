import { NodeHelpers, type INode } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { packageNodes } from './catalogue.mts';
import { readNames, settingsOf, shownNames } from './visibility.mts';

const nodes = await packageNodes();

/** What is missing on a node that was just dropped on the canvas, the credential aside. */
const firstImpression: Readonly<Record<string, readonly string[]>> = {
	fishSpeechEndpoint: ['endpoint'],
	fishSpeechTrigger: [],
	fishSpeechTextToSpeech: ['text', 'voiceId'],
	fishSpeechProfile: [],
	fishSpeechSpeechToText: ['audioUrl'],
	fishSpeechVoices: [],
	fishSpeechLipSync: ['audioUrl', 'videoUrl'],
};

describe.each(nodes)('the node $name', (packageNode) => {
	const { name, description, control } = packageNode;
	const settings = settingsOf(packageNode).map((setting) => ({
		...setting,
		title: [...Object.values(setting.chosen), ...(setting.isTool ? ['as a tool'] : [])].join(', '),
	}));

	it.each(settings)('shows exactly what it uses: $title', async (setting) => {
		expect(shownNames(packageNode, setting)).toEqual(await readNames(packageNode, setting));
	});

	it('shows every parameter in some setting', () => {
		const shown = new Set(
			settings.flatMap((setting) => shownNames(packageNode, setting).parameters),
		);
		const names = description.properties.map((property) => property.name);
		expect(names.filter((known) => known !== control && !shown.has(known))).toEqual([]);
	});

	it('asks at first for no more than it needs', () => {
		const fresh: INode = {
			id: '1',
			name: description.displayName,
			type: name,
			typeVersion: 1,
			position: [0, 0],
			parameters:
				NodeHelpers.getNodeParameters(
					description.properties,
					{},
					true,
					false,
					{ typeVersion: 1 },
					description,
				) ?? {},
		};
		const issues = NodeHelpers.getNodeParametersIssues(description.properties, fresh, description);
		expect(Object.keys(issues?.parameters ?? {}).sort()).toEqual(firstImpression[name]);
	});
});
