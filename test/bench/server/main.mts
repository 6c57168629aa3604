import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { ServerAddresses } from './startServer.mts';
import { createDelayedProxy } from './delayedProxy.mts';
import { createSpeechService } from './speechService.mts';

const ROUND_TRIP_MS = 20;
/** Long enough that the server never closes a connection that a client would still use. */
const keepAliveTimeout = 60_000;

async function listen(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

const [, , certificateFile = '', keyFile = ''] = process.argv;
const service = createSpeechService();
const plainPort = await listen(createServer({ keepAliveTimeout }, service));
const cert = readFileSync(certificateFile);
const key = readFileSync(keyFile);
const tlsPort = await listen(createTlsServer({ cert, key, keepAliveTimeout }, service));
const distantPort = await listen(createDelayedProxy(tlsPort, ROUND_TRIP_MS));

const addresses: ServerAddresses = {
	origin: `http://127.0.0.1:${plainPort}`,
	distantOrigin: `https://127.0.0.1:${distantPort}`,
};
process.send?.(addresses);
process.once('disconnect', () => process.exit());
