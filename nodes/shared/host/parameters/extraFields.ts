import type { WireObject } from '../../api/wire';
import { isDataObject } from '../rows';
import { valueOfJson } from './jsonText';
import type { Parameter } from './parameter';
import type { ParameterReader } from './reader';

export const extraFields: Parameter<Readonly<Record<string, unknown>>> = {
	field: {
		displayName: 'Extra Fields',
		name: 'extraFields',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. { "speed": 1.1 }',
		description:
			'Further fields of the request as a JSON object, for what the service offers beyond its documentation. A field that this node sets itself cannot be replaced.',
	},
	parse(value, fail) {
		const found = typeof value === 'string' ? valueOfJson(value, fail) : value;
		if (isDataObject(found)) return found;
		throw fail('is not a JSON object', 'a JSON object, for example { "speed": 1.1 }');
	},
};

/** Extra Fields, without a field of `taken`, which the node sets itself. */
export function readExtraFields(reader: ParameterReader, taken: readonly string[]): WireObject {
	const found = reader.option(extraFields);
	const replaced = Object.keys(found).filter((key) => taken.includes(key));
	if (replaced.length === 0) return found;
	throw reader.fail(
		extraFields.field.displayName,
		`would replace ${replaced.join(', ')}, which this node sets itself`,
		'fields that have no parameter of their own',
	);
}
