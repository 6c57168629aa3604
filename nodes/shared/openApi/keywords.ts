import type { WireObject } from '../api/wire';
import { knownTypes } from './valueProblems';

/** What `checkValue` checks. */
const CHECKED = [
	...['$ref', 'type', 'nullable', 'enum', 'const', 'allOf', 'anyOf', 'oneOf', 'not'],
	...['required', 'properties', 'additionalProperties', 'minProperties', 'maxProperties'],
	...['items', 'minItems', 'maxItems', 'uniqueItems', 'minLength', 'maxLength'],
	...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
];

/** What says nothing about which values are valid. */
const ANNOTATIONS = [
	...['title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly'],
	...['writeOnly', 'externalDocs', 'xml', '$comment', '$schema', '$defs', 'definitions'],
];

const KNOWN: ReadonlySet<string> = new Set([...CHECKED, ...ANNOTATIONS]);

/** Whether all that a schema itself says is checked, so that a value without a problem is valid for certain. */
export function isFullyChecked(schema: WireObject): boolean {
	return (
		knownTypes(schema.type) !== undefined &&
		!Array.isArray(schema.items) &&
		Object.keys(schema).every((keyword) => KNOWN.has(keyword) || keyword.startsWith('x-'))
	);
}
