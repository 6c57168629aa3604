import type { INode } from 'n8n-workflow';

import { node } from '../../e2e/host/workflow.mts';
import { type HttpServer, startHttpServer } from '../../support/servers/httpServer.mts';

/** Holds executions until so many have come, so that what follows happens at the same moment; open from then on. */
export class Barrier implements AsyncDisposable {
	private constructor(private readonly server: HttpServer) {}

	static async start(executions: number): Promise<Barrier> {
		let arrived = 0;
		const waiting: Array<() => void> = [];
		const server = await startHttpServer(({ body }, response) => {
			waiting.push(() => {
				response.writeHead(200, { 'content-type': 'application/json' }).end(body);
			});
			arrived += 1;
			if (arrived >= executions) for (const goOn of waiting.splice(0)) goOn();
		});
		return new Barrier(server);
	}

	/** The node that waits; its output is its input. */
	get node(): INode {
		const parameters = {
			method: 'POST',
			url: this.server.origin,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($json) }}',
			options: {},
		};
		return node('Barrier', 'n8n-nodes-base.httpRequest', parameters, { typeVersion: 4.2 });
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
	}
}
