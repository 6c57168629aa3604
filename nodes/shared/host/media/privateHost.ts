import { isLoopbackHost } from '../../api/baseUrl';

/** First address and prefix length of what is not routed on the internet (RFC 6890). */
const PRIVATE_IPV4: ReadonlyArray<readonly [first: string, bits: number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
];

/** Reserved for use without a public DNS (RFC 6762, RFC 8375, ICANN 2024). */
const PRIVATE_NAMES = /\.(local|internal|home\.arpa)$/;

/**
 * Whether a URL's host can only be reached from nearby: this machine, a private address, or a name that no public DNS
 * knows. Judged by the name alone; a public name may still point to a private address.
 */
export function isPrivateHost(hostname: string): boolean {
	const host = hostname.toLowerCase().replace(/\.$/, '');
	if (isLoopbackHost(host)) return true;
	if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
	if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivateIpv4(toNumber(host));
	return !host.includes('.') || PRIVATE_NAMES.test(host);
}

function isPrivateIpv4(address: number): boolean {
	return PRIVATE_IPV4.some(([first, bits]) => {
		const size = 2 ** (32 - bits);
		return Math.floor(address / size) === Math.floor(toNumber(first) / size);
	});
}

function toNumber(address: string): number {
	return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** As `URL` writes it: lower case, longest run of zeros shortened, an embedded IPv4 address in two groups. */
function isPrivateIpv6(address: string): boolean {
	const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address);
	if (mapped !== null) {
		const [, high = '', low = ''] = mapped;
		return isPrivateIpv4(parseInt(high, 16) * 0x1_0000 + parseInt(low, 16));
	}
	// Unspecified and loopback, unique local (fc00::/7), link local (fe80::/10).
	return /^::1?$|^f[cd]|^fe[89ab]/.test(address);
}
