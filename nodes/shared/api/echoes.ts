import { randomInt } from 'crypto';

/** A server may echo a piece of a secret: runs of it this long are masked too. */
export const ECHO_LENGTH = 24;

const SLOT_HASH = rollingHash();
const CHECK_HASH = rollingHash();
/** Stands for an empty slot. */
const NOTHING = 0;
/** Numbers of a slot: two hashes, and which secret it is. */
const WIDTH = 3;

/** A text of which no longer piece may be shown, and what stands in its place. */
export interface Masked {
	readonly value: string;
	readonly label: string;
}

/**
 * Masks every run of a secret that is at least {@link ECHO_LENGTH} characters long. Takes time in proportion to the
 * lengths, whatever the texts are: all may be hostile. Pieces are compared by 64 bits of hash, so that a run is never
 * missed, and one in 10^19 others is masked.
 */
export function echoMasker(secrets: readonly Masked[]): (text: string) => string {
	const length = secrets.reduce((sum, { value }) => sum + value.length, 0);
	if (length === 0) return (text) => text;
	let pieces: PieceSet | undefined;
	return (text) => {
		if (text.length < ECHO_LENGTH) return text;
		pieces ??= new PieceSet(secrets, length);
		return maskRuns(text, pieces);
	};
}

function maskRuns(text: string, pieces: PieceSet): string {
	let masked = '';
	let maskedTo = 0;
	eachPiece(text, (start, slot, check) => {
		const label = pieces.labelOf(slot, check);
		if (label === undefined) return;
		// A piece that overlaps the one before it, or follows it at once, belongs to the same run.
		if (start > maskedTo || maskedTo === 0) masked += text.slice(maskedTo, start) + label;
		maskedTo = start + ECHO_LENGTH;
	});
	return masked + text.slice(maskedTo);
}

/** The pieces of all secrets, each by two hashes and its secret's number, in a table with open addressing. */
class PieceSet {
	private readonly mask: number;
	private readonly slots: Int32Array;

	constructor(
		private readonly secrets: readonly Masked[],
		length: number,
	) {
		const size = 2 ** Math.ceil(Math.log2(2 * length));
		this.mask = size - 1;
		this.slots = new Int32Array(WIDTH * size);
		for (const [number, { value }] of secrets.entries())
			eachPiece(value, (_start, slot, check) => {
				const index = this.indexOf(slot, check);
				// A piece that several have gets the label of the first.
				if (this.slots[index + 1] !== NOTHING) return;
				this.slots[index] = slot;
				this.slots[index + 1] = check;
				this.slots[index + 2] = number;
			});
	}

	/** What stands in the place of a piece; `undefined` when it is in no secret. */
	labelOf(slot: number, check: number): string | undefined {
		const index = this.indexOf(slot, check);
		return this.slots[index + 1] === check
			? this.secrets[this.slots[index + 2] ?? 0]?.label
			: undefined;
	}

	/** Where the piece stands, or the empty slot where it would. */
	private indexOf(slot: number, check: number): number {
		const { slots, mask } = this;
		for (let place = slot & mask; ; place = (place + 1) & mask) {
			const index = WIDTH * place;
			const found = slots[index + 1];
			if (found === NOTHING || (found === check && slots[index] === slot)) return index;
		}
	}
}

function eachPiece(
	text: string,
	visit: (start: number, slot: number, check: number) => void,
): void {
	let slot = 0;
	let check = 0;
	for (let end = 0; end < text.length; end += 1) {
		const entering = text.charCodeAt(end) + 1;
		slot = (Math.imul(slot, SLOT_HASH.factor) + entering) | 0;
		check = (Math.imul(check, CHECK_HASH.factor) + entering) | 0;
		if (end >= ECHO_LENGTH) {
			const leaving = text.charCodeAt(end - ECHO_LENGTH) + 1;
			slot = (slot - Math.imul(leaving, SLOT_HASH.leaving)) | 0;
			check = (check - Math.imul(leaving, CHECK_HASH.leaving)) | 0;
		}
		if (end >= ECHO_LENGTH - 1)
			visit(end - ECHO_LENGTH + 1, slot ^ (slot >>> 15), check === NOTHING ? 1 : check);
	}
}

/** A hash with a multiplier that nobody can foresee, so that no text can be made to slow the table down. */
function rollingHash() {
	// Odd, so that no character is lost on the way.
	const factor = randomInt(2 ** 30, 2 ** 31 - 1) | 5;
	// Takes the oldest character out again.
	let leaving = 1;
	for (let times = 0; times < ECHO_LENGTH; times += 1) leaving = Math.imul(leaving, factor);
	return { factor, leaving };
}
