import { canonical } from './canonical';
import { isContainer } from './references';

/** Work that checking one value may take: a schema can be written so that it takes for ever. */
const MOST_STEPS = 200_000;
/** Plain values or characters that are looked at in one step. */
const PLAIN_PER_STEP = 100;

/** Thrown where a schema takes too much work: then it says nothing about the value. */
export class CannotCheck extends Error {}

/** The work of one check, and what it has already worked out. Throws `CannotCheck` when it becomes too much. */
export class Effort {
	private steps = 0;
	private readonly texts = new Map<object, string>();
	private readonly lengths = new Map<string, number>();

	spend(steps = 1): void {
		this.steps += steps;
		if (this.steps > MOST_STEPS) throw new CannotCheck();
	}

	/** Goes through so many plain things. */
	look(count: number): void {
		this.spend(Math.ceil(count / PLAIN_PER_STEP));
	}

	/** The same text for equal JSON values; see {@link canonical}. */
	textOf(value: unknown): string {
		if (!isContainer(value)) return canonical(value);
		const known = this.texts.get(value);
		if (known !== undefined) return known;
		const text = canonical(value);
		this.texts.set(value, text);
		this.look(text.length);
		return text;
	}

	/** Code points of a text. */
	lengthOf(text: string): number {
		const known = this.lengths.get(text);
		if (known !== undefined) return known;
		this.look(text.length);
		const length = [...text].length;
		this.lengths.set(text, length);
		return length;
	}
}
