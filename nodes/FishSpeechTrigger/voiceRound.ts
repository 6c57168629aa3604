import { z } from 'zod/v4';

import { failure } from '../shared/api/errors';
import type { Voice, VoicePage } from '../shared/fishspeech/voices';
import { KnownIds, MOST_KNOWN } from './knownIds';

export const VOICES_PER_PAGE = 100;

/** Enough to see that a list has more voices than can be remembered. */
const MOST_PAGES_A_POLL = MOST_KNOWN / VOICES_PER_PAGE + 1;

/** What is remembered of the list of voices between polls. */
export const voicesState = z.object({
	/** Whether the list was once read to its end: what it held by then is not new. */
	isWhole: z.boolean(),
	known: z.string(),
	/** As the service counted when the list was last read to its end. */
	total: z.number().optional(),
	/** Where the last poll had to stop. */
	nextOffset: z.number().optional(),
});
export type VoicesState = z.infer<typeof voicesState>;

/**
 * One poll's way through the list of voices, whose order nobody promises. One page is enough while the service counts as
 * many voices as before; else all pages are read, over several polls where there are many.
 */
export class VoiceRound {
	private readonly known: KnownIds;
	private readonly seen = new Set<string>();
	private readonly added: Voice[] = [];
	private pages = 0;
	private offset: number | undefined = 0;
	private total: number | undefined;
	private isOver = false;

	constructor(private readonly state: VoicesState | undefined) {
		this.known = new KnownIds(state?.known);
	}

	/** What to read next; `undefined` when this poll has read enough. */
	get nextOffset(): number | undefined {
		return this.isOver || this.pages >= MOST_PAGES_A_POLL ? undefined : this.offset;
	}

	/** Takes the page at `nextOffset`. Throws `unexpectedResponse` when there are more voices than can be remembered. */
	take({ voices, itemCount, total }: VoicePage): void {
		const { offset = 0 } = this;
		const end = offset + itemCount;
		if (end > MOST_KNOWN) throw tooManyVoices();
		const isFirst = this.pages === 0;
		const seenBefore = this.seen.size;
		const isUnknown = voices.map((voice) => this.note(voice)).includes(true);
		this.pages++;
		this.total = total;
		const isLast =
			itemCount === 0 || this.seen.size === seenBefore || (total !== undefined && end >= total);
		if (isLast || (isFirst && !isUnknown && this.isUnchanged(total))) this.isOver = true;
		this.offset = isFirst ? Math.max(end, this.resumeAt()) : end;
	}

	/** What the next poll gets, and the voices that are new. */
	finish(): { readonly state: VoicesState; readonly added: readonly Voice[] } {
		const { isOver, known, total, offset } = this;
		return {
			added: this.added,
			state: {
				isWhole: isOver || this.state?.isWhole === true,
				known: known.pack(),
				...(isOver ? { total } : { total: this.state?.total, nextOffset: offset }),
			},
		};
	}

	/** Whether the voice was unknown. */
	private note(voice: Voice): boolean {
		const { voiceId } = voice;
		const isUnknown = !this.known.has(voiceId);
		if (isUnknown && this.state?.isWhole === true) this.added.push(voice);
		this.known.add(voiceId);
		this.seen.add(voiceId);
		return isUnknown;
	}

	private isUnchanged(total: number | undefined): boolean {
		const { isWhole = false, total: before, nextOffset } = this.state ?? {};
		return isWhole && total !== undefined && total === before && nextOffset === undefined;
	}

	/** One page before the place where the last poll stopped, should a voice have been deleted since. */
	private resumeAt(): number {
		return Math.max(0, (this.state?.nextOffset ?? 0) - VOICES_PER_PAGE);
	}
}

function tooManyVoices() {
	return failure(
		'unexpectedResponse',
		`The list has more than ${MOST_KNOWN} voices, so new ones cannot be told from old ones.`,
		{
			action: 'Set Search or Provider in the filters, so that fewer voices are left.',
			attempts: 1,
		},
	);
}
