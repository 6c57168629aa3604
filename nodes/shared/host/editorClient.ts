import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { ApiClient } from '../api/client/apiClient';
import type { Service } from '../api/service';
import { connect } from './connection';

/** A client for what the editor looks up while a node is filled in. Throws `invalidParameter`; see {@link connect}. */
export async function editorClient(
	host: ILoadOptionsFunctions,
	service: Service,
): Promise<ApiClient> {
	return new ApiClient(await connect(host, service), {
		requestTimeoutMs: 20_000,
		// A person is waiting: better a message soon than an answer late.
		maxRetries: 1,
		retryUnknownOutcome: false,
		secrets: [],
	});
}
