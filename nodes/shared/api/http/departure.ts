import { TransportFailure } from './transport';

/** Whether a request has begun to leave this machine. Before that it can be given up, and surely nothing was sent. */
export class Departure {
	private state: 'waiting' | 'begun' | 'givenUp' = 'waiting';

	get hasBegun(): boolean {
		return this.state === 'begun';
	}

	/** Called right before the first byte is written, which must not be done when it is `false`. */
	begin(): boolean {
		if (this.state === 'waiting') this.state = 'begun';
		return this.state === 'begun';
	}

	/** `false` when it is too late for that. */
	giveUp(): boolean {
		if (this.state === 'waiting') this.state = 'givenUp';
		return this.state === 'givenUp';
	}
}

/**
 * Does what sends a request, but ends at once with `neverConnected` when one of the signals aborts before the request
 * has begun to leave: HTTP libraries look at a signal only once they are connected.
 */
export async function unlessGivenUp<T>(
	signals: ReadonlyArray<AbortSignal | undefined>,
	send: (departure: Departure) => Promise<T>,
): Promise<T> {
	const departure = new Departure();
	const watched = signals.filter((signal) => signal !== undefined);
	if (watched.some(({ aborted }) => aborted)) throw givenUp();
	let giveUp = () => {};
	const onAbort = () => giveUp();
	for (const signal of watched) signal.addEventListener('abort', onAbort);
	try {
		return await new Promise<T>((resolve, reject) => {
			giveUp = () => {
				if (departure.giveUp()) reject(givenUp());
			};
			send(departure).then(resolve, reject);
		});
	} finally {
		for (const signal of watched) signal.removeEventListener('abort', onAbort);
	}
}

function givenUp(): TransportFailure {
	return new TransportFailure('neverConnected', undefined);
}
