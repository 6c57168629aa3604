import { ENDPOINTS } from '../sandbox/endpoints.mts';
import { valueAt, type Exchange } from './exchange.mts';
import { allStatements } from './outcome.mts';
import type { Stage } from './stage.mts';

/** What stands in the answers and may stand in no report: names and IDs of voices, texts, the user. */
export function secretsOf({ recorder, secrets, options }: Stage): Set<string> {
	const words = ownWords();
	const found = [...recorder.exchanges.flatMap(textsIn), options.voiceId];
	// A voice that is called like a field of the contract would take that field out of the report.
	const hidden = found
		.filter((text) => typeof text === 'string')
		.filter((text) => !words.has(text));
	return new Set([...secrets, ...hidden]);
}

const VOICE_FIELDS = ['name', 'title', 'id', 'voiceId', 'voice_id', 'description'];

function textsIn({ endpoint, json }: Exchange): unknown[] {
	const items = valueAt(json, 'items');
	const voices = Array.isArray(items) ? items : [valueAt(json, 'voice'), json];
	const isOfVoices = endpoint === ENDPOINTS.listVoices || endpoint === ENDPOINTS.createVoice;
	const ofVoices = voices.flatMap((voice) => VOICE_FIELDS.map((key) => valueAt(voice, key)));
	return [...(isOfVoices ? ofVoices : []), valueAt(json, 'user_id'), valueAt(json, 'text')];
}

function ownWords(): Set<string> {
	return new Set(allStatements('').flatMap(({ statement }) => statement.split(/[^\w-]+/)));
}
