import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
	toTransportFailure,
	toTransportResponse,
	TransportFailure,
} from '../../../nodes/shared/api/http/transport.ts';

const errorWith = (properties: object, message = 'failed') =>
	Object.assign(new Error(message), properties);

describe('what an HTTP library threw', () => {
	it.each([
		['a refused connection', errorWith({ code: 'ECONNREFUSED', syscall: 'connect' })],
		[
			'a refused connection that is wrapped',
			errorWith({ cause: errorWith({ code: 'ECONNREFUSED' }) }),
		],
		['a connection that timed out', errorWith({ code: 'ETIMEDOUT', syscall: 'connect' })],
		[
			'one that is wrapped',
			errorWith({ code: 'ETIMEDOUT', cause: errorWith({ code: 'ETIMEDOUT', syscall: 'connect' }) }),
		],
		['a name that does not resolve', errorWith({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
		[
			'a name server that does not answer',
			errorWith({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }),
		],
		['an unreachable network', errorWith({ code: 'ENETUNREACH', syscall: 'connect' })],
		['undici’s connect timeout', errorWith({ code: 'UND_ERR_CONNECT_TIMEOUT' })],
		['an expired certificate', errorWith({ code: 'CERT_HAS_EXPIRED' })],
		['a certificate for another name', errorWith({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
		[
			'a handshake that broke off',
			errorWith(
				{ code: 'ECONNRESET' },
				'Client network socket disconnected before secure TLS connection was established',
			),
		],
		[
			'a server without TLS',
			errorWith(
				{ code: 'EPROTO', syscall: 'write' },
				'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…',
			),
		],
		['a server with old TLS', errorWith({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })],
	])('never connected: %s', (_what, error) => {
		expect(toTransportFailure(error).kind).toBe('neverConnected');
	});

	it.each([
		['a reset', errorWith({ code: 'ECONNRESET', syscall: 'read' })],
		['a hung-up socket', errorWith({ code: 'ECONNRESET' }, 'socket hang up')],
		['a broken pipe', errorWith({ code: 'EPIPE', syscall: 'write' })],
		['undici’s closed socket', errorWith({ code: 'UND_ERR_SOCKET' })],
		['a time-out of a connection in use', errorWith({ code: 'ETIMEDOUT', syscall: 'read' })],
		['a host that became unreachable', errorWith({ code: 'EHOSTUNREACH', syscall: 'read' })],
		['a network that went away', errorWith({ code: 'ENETUNREACH', syscall: 'write' })],
		['a broken TLS record', errorWith({ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' })],
		['what is no HTTP', errorWith({ code: 'HPE_INVALID_CONSTANT' })],
		['a stream that ended early', errorWith({ code: 'ERR_STREAM_PREMATURE_CLOSE' })],
		['an error without a code', new Error('odd')],
		['no error at all', 'odd'],
		['nothing', undefined],
	])('cut off, since the request may have left: %s', (_what, error) => {
		expect(toTransportFailure(error).kind).toBe('cutOff');
	});

	it.each(['SsrfBlockedIpError', 'SsrfBlockedHostnameError'])(
		'blocked: %s, wrapped or not',
		(name) => {
			expect(toTransportFailure(errorWith({ name })).kind).toBe('blocked');
			expect(toTransportFailure(errorWith({ cause: errorWith({ name }) }), true).kind).toBe(
				'blocked',
			);
		},
	);

	it('never connected when the library said so', () => {
		expect(toTransportFailure(errorWith({ code: 'ECONNRESET' }), true)).toMatchObject({
			kind: 'neverConnected',
			code: 'ECONNRESET',
		});
	});

	it('stays what it is when it is sorted already', () => {
		const failure = new TransportFailure('cutOff', 'E');
		expect(toTransportFailure(failure, true)).toBe(failure);
	});

	it('runs no getter of the error', () => {
		const error = Object.defineProperty(new Error('x'), 'code', {
			get: () => {
				throw new Error('ran');
			},
		});
		expect(toTransportFailure(error).kind).toBe('cutOff');
	});

	it('may have a cause that is its own', () => {
		const error = new Error('x');
		Object.assign(error, { cause: error });
		expect(toTransportFailure(error).kind).toBe('cutOff');
	});
});

describe('a response', () => {
	it('has lower-case headers, repeated ones joined, absent ones left out', () => {
		const { headers } = toTransportResponse(
			200,
			{ 'X-A': 'a', 'x-b': ['1', '2'], 'x-c': undefined, 'x-d': null },
			Readable.from([]),
		);
		expect(headers).toEqual({ 'x-a': 'a', 'x-b': '1, 2' });
	});

	it('may break unread without harm to the process', async () => {
		const body = new Readable({ read: () => undefined });
		toTransportResponse(200, {}, body);
		body.destroy(new Error('cut'));
		await expect.poll(() => body.closed).toBe(true);
	});
});
