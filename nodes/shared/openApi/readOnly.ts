import { isWireObject, type WireObject } from '../api/wire';
import type { Effort } from './effort';
import { followed, MOST_COMBINED, partsOf } from './references';

/** Parts of parts that are looked through for the mark. */
const DEEPEST = 20;

/** Finds out which fields are read-only: only answers have them, so no request needs them, even if they are required. */
export class ReadOnlyFields {
	/** By the schemas of fields. One that is still being read, in a circle, has no mark. */
	private readonly marked = new Map<WireObject, boolean>();

	constructor(private readonly document: WireObject) {}

	/** Whether the schema of a field, or a part of it, is marked. */
	isMarked(schema: unknown, depth = 0): boolean {
		if (!isWireObject(schema) || depth > DEEPEST) return false;
		const known = this.marked.get(schema);
		if (known !== undefined) return known;
		this.marked.set(schema, false);
		const isMarked =
			schema.readOnly === true ||
			this.partsOf(schema).some((part) => this.isMarked(part, depth + 1));
		this.marked.set(schema, isMarked);
		return isMarked;
	}

	/** The names of the fields that some part of an object's schema marks. */
	namesIn(object: WireObject, effort: Effort): ReadonlySet<string> {
		const names = new Set<string>();
		const parts = new Set([object]);
		for (const part of parts) {
			const fields = isWireObject(part.properties) ? Object.entries(part.properties) : [];
			effort.spend();
			effort.look(fields.length);
			for (const [name, schema] of fields) if (this.isMarked(schema)) names.add(name);
			if (parts.size < MOST_COMBINED) for (const inner of this.partsOf(part)) parts.add(inner);
		}
		return names;
	}

	/** What a schema is put together from, as far as that can be read. */
	private partsOf(schema: WireObject): WireObject[] {
		const target = typeof schema.$ref === 'string' ? followed(this.document, schema) : undefined;
		return [target ?? [], partsOf(schema)].flat();
	}
}
