import Table from 'cli-table3';

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** One figure of the benchmark, judged where it has a limit. */
export interface Figure {
	readonly name: string;
	readonly value: number;
	/** Put behind the value: `×`, `MiB`, `%` … */
	readonly unit: string;
	readonly limit?: Limit;
	/** What the figure was made from, or what stands beside it. */
	readonly beside: Readonly<Record<string, string | number>>;
}

export interface ScenarioReport {
	readonly scenario: string;
	readonly rounds: number;
	readonly seconds: number;
	readonly figures: readonly Figure[];
}

export function isWithin({ value, limit }: Figure): boolean {
	if (limit === undefined) return true;
	return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}

export function renderTable(reports: readonly ScenarioReport[]): string {
	const table = new Table({
		head: ['', 'measured', 'figure', 'must be', '', 'made from'],
		style: { head: [], border: [] },
		colWidths: [13, 34, 12, 11, 6, 58],
		wordWrap: true,
	});
	for (const { scenario, figures } of reports)
		figures.forEach((figure, index) => {
			const { name, value, unit, limit, beside } = figure;
			table.push([
				index === 0 ? scenario : '',
				name,
				`${shown(value)} ${unit}`,
				limit === undefined ? '' : `${renderLimit(limit)} ${unit}`,
				limit === undefined ? '' : isWithin(figure) ? 'ok' : 'MISS',
				renderBeside(beside),
			]);
		});
	return table.toString();
}

function renderLimit(limit: Limit): string {
	return 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`;
}

function renderBeside(beside: Figure['beside']): string {
	return Object.entries(beside)
		.map(([name, value]) => `${name} ${typeof value === 'number' ? shown(value) : value}`)
		.join(', ');
}

/** Three digits are more than a shared machine can promise. */
function shown(value: number): string {
	if (Number.isInteger(value) || Math.abs(value) >= 1_000) return String(Math.round(value));
	return String(Number(value.toPrecision(3)));
}
