import { whatToDo, type ServiceError } from '../../api/errors';
import type { FailureReason } from '../../api/reasons';
import type { Service } from '../../api/service';
import type { Row } from '../rows';

/** What became of one item. */
export type ItemOutcome =
	| { readonly type: 'done'; readonly rows: readonly Row[] }
	| { readonly type: 'failed'; readonly error: ServiceError };

/**
 * The sentence of a thrown error that says where the batch stands; empty for a batch of one. What is kept is kept for the
 * token, and `reason` may be that another one is needed.
 */
export function batchState(
	outcomes: readonly ItemOutcome[],
	isKept: boolean,
	reason: FailureReason,
): string {
	if (outcomes.length < 2) return '';
	const done = outcomes.filter(({ type }) => type === 'done').length;
	const notSent = countByReason(outcomes).get('notSent') ?? 0;
	const kept = isKept ? ' and kept for the next try' : '';
	const warning =
		isKept && done > 0 && reason === 'unauthorized'
			? ' With another token, even one of the same account, the next try does not find the items that are done: it buys them again, or skips those with a once key.'
			: '';
	return `${done} of ${outcomes.length} items are done${kept}, ${notSent} were not sent.${warning}`;
}

const MOST_NAMED = 20;
const MOST_ITEM_HINTS = 10;

/** The sentence of a thrown error that names the other items which may have been charged; empty when there are none. */
export function othersUnknown(outcomes: readonly ItemOutcome[], thrownIndex: number): string {
	const others = outcomes.flatMap((outcome, index) =>
		outcome.type === 'failed' && outcome.error.details.outcomeUnknown && index !== thrownIndex
			? [index]
			: [],
	);
	if (others.length === 0) return '';
	const named = firstOf(others);
	return others.length === 1
		? `The outcome of item ${named} is also unknown.`
		: `The outcomes of items ${named} are also unknown.`;
}

/** A list within a sentence, cut off where nobody would read on. */
export function firstOf(names: ReadonlyArray<string | number>): string {
	const more = names.length > MOST_NAMED ? ' and others' : '';
	return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}

/**
 * The hint of a batch that returns, or `undefined` when there is nothing to say. Only creates have used credits now:
 * a list of jobs tells what they once cost.
 */
export function batchHint(
	outcomes: readonly ItemOutcome[],
	itemHints: readonly string[],
	{ actions, usageOf }: Pick<Service, 'actions' | 'usageOf'>,
	usesCredits = true,
): { readonly message: string; readonly type: 'info' | 'warning' } | undefined {
	const reasons = countByReason(outcomes);
	const usages = outcomes
		.flatMap((outcome) => (outcome.type === 'done' ? outcome.rows : []))
		.flatMap(({ json }) => usageOf?.(json) ?? []);
	const credits = usesCredits ? usages.flatMap(({ creditsUsed }) => creditsUsed ?? []) : [];
	const quotas = usages.flatMap(({ quotaRemaining }) => quotaRemaining ?? []);
	const done = outcomes.filter(({ type }) => type === 'done').length;

	const sentences: string[] = [];
	if (reasons.size > 0 || credits.length > 0)
		sentences.push(`${done} of ${outcomes.length} items done.`);
	for (const [reason, count] of reasons)
		sentences.push(`${count} failed (${reason}): ${whatToDo(reason, false, actions)}`);
	if (credits.length > 0)
		sentences.push(`Credits used: ${credits.reduce((total, value) => total + value)}.`);
	if (quotas.length > 0)
		sentences.push(`API quota remaining: ${quotas.reduce((a, b) => Math.min(a, b))}.`);
	sentences.push(...hintsOfItems(itemHints));
	if (sentences.length === 0) return undefined;
	return { message: sentences.join(' '), type: reasons.size > 0 ? 'warning' : 'info' };
}

/** Each hint once. In a large batch with a hint for every item, the first ones stand for all. */
function hintsOfItems(itemHints: readonly string[]): string[] {
	const hints = [...new Set(itemHints)];
	const more = hints.length - MOST_ITEM_HINTS;
	return more <= 0
		? hints
		: [...hints.slice(0, MOST_ITEM_HINTS), `There are ${more} more remarks like these.`];
}

function countByReason(outcomes: readonly ItemOutcome[]): Map<FailureReason, number> {
	const counts = new Map<FailureReason, number>();
	for (const outcome of outcomes) {
		if (outcome.type === 'done') continue;
		const { reason } = outcome.error.details;
		counts.set(reason, (counts.get(reason) ?? 0) + 1);
	}
	return counts;
}
