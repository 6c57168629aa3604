import { KnownIds } from './knownIds';

/** Triggers whose events this process remembers. */
const MOST_TRIGGERS = 200;

/** By trigger, the one polled longest ago first. */
const fired = new Map<string, KnownIds>();

/**
 * The events that a trigger has fired in this process. What n8n saves may be rolled back, for example when a workflow is
 * activated again: with this, no event fires twice all the same.
 */
export function firedEvents(trigger: string): KnownIds {
	const events = fired.get(trigger) ?? new KnownIds();
	fired.delete(trigger);
	fired.set(trigger, events);
	for (const oldest of fired.keys()) {
		if (fired.size <= MOST_TRIGGERS) break;
		fired.delete(oldest);
	}
	return events;
}
