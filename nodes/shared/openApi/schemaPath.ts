const LONGEST_PATH = 500;
/** What a path may consist of: visible ASCII without a query, a fragment, a backslash or a percent sign. */
const PATH = /^\/[\w\-.~!$&'()*+,;=:@{}/]*$/;
const PARAMETER = /\{([\w\-.~]+)\}/g;

/** Where the API is called. */
export interface ApiBase {
	/** The path of the credential's base URL, such as `/api/open/v1`; without a slash at its end. */
	readonly path: string;
	/** The same as the service publishes it, where a proxy puts something before it. */
	readonly publicPath?: string;
}

/**
 * The path of an endpoint relative to the base URL (contract §9, rule 10): the base path at its beginning is cut off.
 * Only the path of a server's URL counts. `undefined` where it could lead elsewhere.
 */
export function shortPath(
	path: string,
	base: ApiBase,
	serverPaths: readonly string[] = [],
): string | undefined {
	if (!isPath(path)) return undefined;
	const whole = [path, ...serverPaths.map((server) => server + path)];
	const bases = [base.path, base.publicPath].filter((known) => known !== undefined);
	for (const candidate of whole)
		for (const known of bases)
			if (known !== '' && candidate.startsWith(`${known}/`)) return candidate.slice(known.length);
	return path;
}

/** Whether a text is a path, with its parameters in braces, that leads nowhere but where it says. */
export function isPath(path: string): boolean {
	if (path.length > LONGEST_PATH || !PATH.test(path)) return false;
	if (/[{}]/.test(path.replace(PARAMETER, ''))) return false;
	const segments = path.slice(1).split('/');
	return segments.every(
		(segment, index) =>
			segment !== '.' && segment !== '..' && (segment !== '' || index === segments.length - 1),
	);
}

/** The names of the parameters of a path, in their order. */
export function parametersOf(path: string): string[] {
	return [...new Set([...path.matchAll(PARAMETER)].map(([, name = '']) => name))];
}

/** The path with its parameters filled in, each as one segment; a list has commas between its entries. */
export function filledPath(
	path: string,
	values: ReadonlyMap<string, string | readonly string[]>,
): string {
	return path.replace(PARAMETER, (whole, name: string) => {
		const value = values.get(name);
		return value === undefined ? whole : [value].flat().map(encodeURIComponent).join(',');
	});
}
