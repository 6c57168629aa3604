import { isLoopbackHost } from '../baseUrl';

/** First address and prefix length of what is not routed on the internet (RFC 6890), multicast and reserved ones included. */
const PRIVATE_IPV4: ReadonlyArray<readonly [first: string, bits: number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['224.0.0.0', 3],
];

/** The same for IPv6: first group, and a mask of the bits that count. */
const PRIVATE_IPV6: ReadonlyArray<readonly [first: number, mask: number]> = [
	// Unique local, link local and site local, multicast.
	[0xfc00, 0xfe00],
	[0xfe80, 0xffc0],
	[0xfec0, 0xffc0],
	[0xff00, 0xff00],
];

/** Groups with which an IPv6 address begins that stands for an IPv4 address, which follows them. */
const IPV4_PREFIXES: ReadonlyArray<readonly number[]> = [
	// IPv4-compatible (unspecified and loopback too), IPv4-mapped, IPv4-translated (RFC 2765).
	[0, 0, 0, 0, 0, 0],
	[0, 0, 0, 0, 0, 0xffff],
	[0, 0, 0, 0, 0xffff, 0],
	// NAT64, by its public and its local prefix (RFC 6052, RFC 8215).
	[0x64, 0xff9b, 0, 0, 0, 0],
	[0x64, 0xff9b, 1, 0, 0, 0],
	// 6to4 (RFC 3056).
	[0x2002],
];

/** Reserved for use without a public DNS (RFC 6761, RFC 6762, RFC 8375, ICANN 2024). */
const PRIVATE_NAMES = ['.localhost', '.local', '.internal', '.home.arpa'];

/**
 * Whether a URL's host can only be reached from nearby: this machine, a private address, or a name that no public DNS
 * knows. `hostname` as `URL` gives it, which has turned decimal, octal and hexadecimal addresses into the usual form.
 * Judged by the name alone. A public name may still point to a private address; n8n can refuse it.
 */
export function isPrivateHost(hostname: string): boolean {
	const lower = hostname.toLowerCase();
	const host = lower.endsWith('.') ? lower.slice(0, -1) : lower;
	if (isLoopbackHost(host)) return true;
	if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
	const ipv4 = ipv4Of(host);
	if (ipv4 !== undefined) return isPrivateIpv4(ipv4);
	return !host.includes('.') || PRIVATE_NAMES.some((ending) => host.endsWith(ending));
}

function isPrivateIpv4(address: number): boolean {
	return PRIVATE_IPV4.some(([first, bits]) => {
		const size = 2 ** (32 - bits);
		return Math.floor(address / size) === Math.floor((ipv4Of(first) ?? 0) / size);
	});
}

function ipv4Of(host: string): number | undefined {
	if (!/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)) return undefined;
	return host.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function isPrivateIpv6(address: string): boolean {
	const groups = ipv6Groups(address);
	const prefix = IPV4_PREFIXES.find((start) => start.every((group, at) => group === groups[at]));
	if (prefix !== undefined) {
		const [high = 0, low = 0] = groups.slice(prefix.length);
		return isPrivateIpv4(high * 0x1_0000 + low);
	}
	const [first = 0] = groups;
	return PRIVATE_IPV6.some(([start, mask]) => (first & mask) === start);
}

/** The eight groups of an address as `URL` writes it: hexadecimal, the longest run of zeros left out. */
function ipv6Groups(address: string): number[] {
	const [before = '', after] = address.split('::');
	const head = groupsOf(before);
	if (after === undefined) return head;
	const tail = groupsOf(after);
	return [...head, ...Array<number>(Math.max(0, 8 - head.length - tail.length)).fill(0), ...tail];
}

function groupsOf(part: string): number[] {
	return part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
}
