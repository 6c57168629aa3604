import { failure, type ServiceError } from '../../api/errors';
import type { Service } from '../../api/service';
import type { Row } from '../rows';

/** If answers do not tell the quota, the balance is read again after this many creates. */
const CREATES_PER_READING = 20;

/** What a batch leaves in the account: it admits creates while the known quota is above that. */
export class Reserve {
	private quota: number | undefined;
	private reading: Promise<void> | undefined;
	private sentSinceTold = 0;

	constructor(
		private readonly minimum: number,
		private readonly service: Service,
		/** Asks for the account's quota; `undefined` when the answer does not tell it. */
		private readonly readQuota: () => Promise<number | undefined>,
		private readonly hint: (message: string) => void,
	) {}

	/** Counts a create that is about to be sent. Returns the failure of the item if nothing is left for it. */
	async admit(): Promise<ServiceError | undefined> {
		if (this.reading === undefined || this.sentSinceTold >= CREATES_PER_READING) {
			this.sentSinceTold = 0;
			this.reading = this.refresh();
		}
		await this.reading;
		if (this.quota === undefined || this.quota > this.minimum) {
			this.sentSinceTold++;
			return undefined;
		}
		return failure(
			'reserveReached',
			`The account has ${this.quota} of its API quota left, and Keep in Reserve is ${this.minimum}.`,
			{ actions: this.service.actions },
		);
	}

	/** Takes over what an answer tells. If several come at once, the least counts. */
	tell(quota: number | undefined): void {
		if (quota === undefined) return;
		this.quota = Math.min(quota, this.quota ?? quota);
		this.sentSinceTold = 0;
	}

	/** The same for what stands in rows. */
	tellRows(rows: readonly Row[]): void {
		for (const { json } of rows) this.tell(this.service.usageOf?.(json).quotaRemaining);
	}

	private async refresh(): Promise<void> {
		// What is told meanwhile is newer.
		this.quota = undefined;
		// An unknown balance does not stop the batch.
		this.tell(await this.readQuota().catch(() => undefined));
		if (this.quota === undefined)
			this.hint('The balance of the account could not be read, so Keep in Reserve did not count.');
	}
}
