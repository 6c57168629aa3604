import type { Clock } from '../clock';
import { AccountGate } from './accountGate';

/** More are kept only while calls hold passes of all of them. */
const MOST_GATES = 500;

/** By the account's fingerprint, the one used longest ago first. */
const gates = new Map<string, AccountGate>();

/**
 * The gate of an account, shared by all nodes and executions of this process. `fingerprint` is the whole SHA-256 of its
 * base URL and token. Gates that know nothing any more are let go, so that tokens which come and go leave nothing behind.
 */
export function accountGate(fingerprint: string, clock: Clock): AccountGate {
	const known = gates.get(fingerprint);
	const gate = known ?? new AccountGate(clock);
	if (known === undefined) letGo();
	else gates.delete(fingerprint);
	gates.set(fingerprint, gate);
	return gate;
}

/** How many accounts are remembered. */
export function gateCount(): number {
	return gates.size;
}

function letGo(): void {
	for (const [fingerprint, gate] of gates) if (gate.isForgettable) gates.delete(fingerprint);
	for (const [fingerprint, gate] of gates) {
		if (gates.size < MOST_GATES) return;
		if (gate.isIdle) gates.delete(fingerprint);
	}
}
