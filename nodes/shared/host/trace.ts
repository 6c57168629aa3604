import type { IExecuteFunctions } from 'n8n-workflow';

import type { CallTrace } from '../api/http/exchange';
import type { Service } from '../api/service';
import { definedFields } from './rows';

/** What n8n's log says about something that was paid for. */
export interface AcceptedAbout {
	readonly textHash?: string;
	readonly voiceId?: string;
	readonly requestId?: string;
}

/** Writes what was called to n8n's log: never a text, a token or a media URL. */
export class Tracer {
	private readonly about: { readonly executionId: string; readonly node: string };

	constructor(
		private readonly host: Pick<IExecuteFunctions, 'getExecutionId' | 'getNode' | 'logger'>,
		private readonly service: Service,
	) {
		this.about = { executionId: host.getExecutionId() ?? '', node: host.getNode().name };
	}

	/** One line for each try at a call; a trigger has no items. */
	call(itemIndex: number | undefined, line: CallTrace): void {
		const { logger } = this.host;
		const { name } = this.service;
		const item = itemIndex === undefined ? {} : { item: itemIndex };
		const entry = { ...this.about, ...item, ...line };
		if (line.reason === undefined) logger.debug(`${name} call`, entry);
		else logger.warn(`${name} call failed`, entry);
	}

	/** The trace of an accepted job that outlives Stop and a killed process. */
	acceptedJob(itemIndex: number, job: AcceptedAbout & { readonly jobId?: string }): void {
		this.host.logger.info(`${this.service.name} job accepted`, {
			...this.about,
			item: itemIndex,
			...definedFields({ ...job }),
		});
	}

	warn(message: string): void {
		this.host.logger.warn(`${this.service.name}: ${message}`, this.about);
	}
}
