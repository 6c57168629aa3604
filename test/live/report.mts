import type { Report, StatementOutcome } from './outcome.mts';

/** The query or fragment of a URL or a path, wherever it stands. */
const URL_TAIL = /(\/[^\s"'`|?#]*)[?#][^\s"'`|]*/g;
const SHORTEST_SECRET = 3;

/** Takes everything out of a text that no report may hold. The names of fields and headers stay. */
export function redacted(text: string, secrets: ReadonlySet<string>): string {
	const longestFirst = [...secrets]
		.filter((secret) => secret.length >= SHORTEST_SECRET)
		.sort((a, b) => b.length - a.length);
	const without = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text);
	return without.replace(URL_TAIL, '$1');
}

/** Takes it out of whatever came from the service; the tool's own words stay. */
export function redactedReport(report: Report, secrets: ReadonlySet<string>): Report {
	const hide = (text: string) => redacted(text, secrets);
	const hideAll = (texts: readonly string[]) => texts.map(hide);
	const { schema } = report;
	return {
		...report,
		statements: report.statements.map((entry) => ({
			...entry,
			...(entry.seen !== undefined && { seen: hide(entry.seen) }),
		})),
		unknowns: report.unknowns.map((entry) => ({ ...entry, learned: hide(entry.learned) })),
		schema: schema && {
			...schema,
			newEndpoints: hideAll(schema.newEndpoints),
			announcedEndpoints: hideAll(schema.announcedEndpoints),
			fields: schema.fields.map((entry) => ({
				...entry,
				new: hideAll(entry.new),
				changed: hideAll(entry.changed),
			})),
			requests: schema.requests.map((entry) => ({ ...entry, new: hideAll(entry.new) })),
		},
		exchanges: report.exchanges.map((entry) => ({
			...entry,
			headers: hideAll(entry.headers),
			fields: hideAll(entry.fields),
		})),
	};
}

export function asJson(report: Report): string {
	return `${JSON.stringify(report, null, '\t')}\n`;
}

export function asMarkdown(report: Report): string {
	const { statements, unknowns, schema, exchanges, spent } = report;
	const counts = (['held', 'differs', 'not tried'] as const).map(
		(outcome) => `${statements.filter((entry) => entry.outcome === outcome).length} ${outcome}`,
	);
	const differing = statements.filter(({ outcome }) => outcome === 'differs');
	return [
		'# The service against the contract',
		'',
		`Started ${report.startedAt}, ${report.paid ? 'with' : 'without'} paid calls. ${report.ended}`,
		`Spent: ${spent ?? 'unknown'}. Statements: ${counts.join(', ')}.`,
		'',
		'## What differs',
		'',
		...(differing.length === 0
			? ['Nothing that was tried.']
			: table(
					['id', 'section', 'statement', 'seen', 'reader rule', 'file to change'],
					differing.map((entry) => [
						entry.id,
						`§${entry.section}`,
						entry.statement,
						entry.seen ?? '',
						entry.rule,
						entry.file,
					]),
				)),
		'',
		'## What was unknown',
		'',
		...table(
			['id', 'section', 'question', 'learned'],
			unknowns.map(({ id, section, question, learned }) => [id, `§${section}`, question, learned]),
		),
		'',
		'## The published schema',
		'',
		...(schema === undefined
			? ['It was not read.']
			: [
					`New endpoints: ${names(schema.newEndpoints)}.`,
					`Announced endpoints that are there: ${names(schema.announcedEndpoints)}.`,
					`Gone endpoints: ${names(schema.goneEndpoints)}.`,
					...schema.fields.map(
						(entry) =>
							`${entry.endpoint}: new fields ${names(entry.new)}; gone ${names(entry.gone)}; changed ${names(entry.changed)}.`,
					),
					...schema.requests.map(
						(entry) =>
							`${entry.endpoint}: new request fields ${names(entry.new)}; gone ${names(entry.gone)}.`,
					),
				].map((line) => `- ${line}`)),
		'',
		'## All statements',
		'',
		...table(
			['id', 'section', 'statement', 'tried by', 'outcome'],
			statements.map((entry) => [
				entry.id,
				`§${entry.section}`,
				entry.statement,
				entry.step === 'none' ? '–' : entry.step,
				shownOutcome(entry),
			]),
		),
		'',
		'## The answers',
		'',
		...table(
			['step', 'endpoint', 'status', 'headers', 'fields'],
			exchanges.map(({ step, endpoint, status, headers, fields }) => [
				step,
				endpoint,
				String(status),
				headers.join(' '),
				fields.length > 60 ? `${fields.length} fields: see live-report.json` : fields.join(', '),
			]),
		),
		'',
	].join('\n');
}

function shownOutcome({ outcome, seen }: StatementOutcome): string {
	return seen === undefined ? outcome : `${outcome}: ${seen}`;
}

function names(list: readonly string[]): string {
	return list.length === 0 ? 'none' : list.join(', ');
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
