import { describe, expect, it } from 'vitest';
import { isPrivateHost } from '../../../nodes/shared/host/media/privateHost.ts';

describe('isPrivateHost', () => {
	it.each([
		'localhost',
		'n8n.localhost',
		'localhost.',
		'n8n',
		'N8N',
		'n8n.local',
		'my.n8n.internal',
		'router.home.arpa',
		'0.0.0.0',
		'10.255.0.1',
		'100.64.0.1',
		'100.127.255.255',
		'127.1.2.3',
		// What URL makes of other spellings of 127.0.0.1.
		'2130706433',
		'0x7f.1',
		'169.254.169.254',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.0.1',
		'[::]',
		'[::1]',
		'[fc00::1]',
		'[fd12:3456::1]',
		'[fe80::1]',
		'[febf::1]',
		'[::ffff:10.0.0.1]',
		'[::ffff:192.168.1.1]',
	])('knows that %s can only be reached from nearby', (host) => {
		expect(isPrivateHost(new URL(`http://${host}/`).hostname)).toBe(true);
	});

	it.each([
		'n8n.example.org',
		'example.org.',
		'local.example.org',
		'internal.org',
		'9.255.255.255',
		'11.0.0.1',
		'100.63.255.255',
		'100.128.0.1',
		'169.253.0.1',
		'172.15.255.255',
		'172.32.0.1',
		'192.167.1.1',
		'192.169.1.1',
		'203.0.113.7',
		'[2001:db8::1]',
		'[::ffff:203.0.113.7]',
		'[fec0::1]',
	])('takes %s for reachable', (host) => {
		expect(isPrivateHost(new URL(`http://${host}/`).hostname)).toBe(false);
	});
});
