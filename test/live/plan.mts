import type { LiveOptions } from './options.mts';
import type { Step } from './step.mts';
import { STEPS } from './steps.mts';

/** Why a step is not to be made, as far as the options tell. */
export function reasonToSkip(step: Step, options: LiveOptions): string | undefined {
	if (step.kind !== 'read' && !options.paid) return 'it costs credits: --paid';
	if (step.kind === 'lipSync' && options.lipSyncVideoUrl === undefined)
		return 'it costs credits: --lip-sync <video URL>';
	if (step.kind === 'idempotency' && !options.idempotency)
		return 'it makes a paid call twice: --idempotency';
	return undefined;
}

/** What would be done and what it would cost, line by line. */
export function planLines(options: LiveOptions): string[] {
	return [
		`The service at ${new URL(options.baseUrl).origin} would be asked for:`,
		...STEPS.map((step) => {
			const reason = reasonToSkip(step, options);
			return `  ${reason === undefined ? '*' : '-'} ${step.what}. Cost: ${step.cost}.${reason === undefined ? '' : ` Not now: ${reason}.`}`;
		}),
		`No paid call is made after the balance has fallen by more than ${options.budget} credits (--budget).`,
	];
}
