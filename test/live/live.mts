import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readBalance, spentBetween, type Balance } from './balance.mts';
import type { LiveOptions } from './options.mts';
import { judge, type Report } from './outcome.mts';
import { planLines, reasonToSkip } from './plan.mts';
import { asJson, asMarkdown, redacted, redactedReport } from './report.mts';
import { openStage, type Stage } from './stage.mts';
import { secretsOf } from './secrets.mts';
import type { Step } from './step.mts';
import { STEPS } from './steps.mts';

export const EXIT = { held: 0, differs: 1, notStarted: 2 } as const;

export interface LiveRun {
	readonly exitCode: number;
	/** Absent when nothing was sent. */
	readonly report: Report | undefined;
}

type Say = (line: string) => void;

/** The whole command: makes the steps, judges, and writes the two reports. */
export async function runLive(options: LiveOptions, say: Say): Promise<LiveRun> {
	if (options.token === undefined) {
		for (const line of planLines(options)) say(line);
		say('Nothing was sent: FISHSPEECH_API_TOKEN is not set.');
		return { exitCode: EXIT.notStarted, report: undefined };
	}
	const startedAt = new Date().toISOString();
	const stage = await openStage(options, options.token, say);
	try {
		const { skipped, ended, spent } = await makeSteps(stage);
		const { exchanges } = stage.recorder;
		const { nodes, urls } = stage;
		const { pathname } = new URL(options.baseUrl);
		const whole: Report = {
			startedAt,
			paid: options.paid,
			...(spent !== undefined && { spent }),
			ended,
			...judge({ exchanges, nodes, urls }, pathname, skipped),
		};
		const report = redactedReport(whole, secretsOf(stage));
		await writeReports(report, options.folder);
		sayResult(report, options.folder, say);
		const isDifferent = report.statements.some(({ outcome }) => outcome === 'differs');
		return { exitCode: isDifferent ? EXIT.differs : EXIT.held, report };
	} finally {
		await stage.close();
	}
}

interface Made {
	readonly skipped: ReadonlyMap<string, string>;
	readonly ended: string;
	readonly spent: number | undefined;
}

async function makeSteps(stage: Stage): Promise<Made> {
	const { options, say } = stage;
	const skipped = new Map<string, string>();
	const before = options.paid ? await readBalance(stage) : undefined;
	let spent: number | undefined = options.paid ? undefined : 0;
	let stop: string | undefined;
	for (const step of STEPS) {
		const isPaid = step.kind !== 'read';
		if (isPaid && before === undefined) stop ??= 'the balance could not be read';
		const reason = reasonToSkip(step, options) ?? (isPaid ? stop : undefined);
		if (reason !== undefined) {
			skipped.set(step.name, reason);
			continue;
		}
		const wasMade = await makeStep(stage, step);
		if (!wasMade) skipped.set(step.name, 'what it needs was not there');
		if (!isPaid || before === undefined) continue;
		({ spent, stop } = await checkBudget(stage, before));
	}
	if (stop !== undefined) say(`Ended early: ${stop}.`);
	const ended = stop === undefined ? 'It went to its end.' : `It ended early: ${stop}.`;
	return { skipped, ended, spent };
}

async function makeStep(stage: Stage, step: Step): Promise<boolean> {
	const { recorder, say } = stage;
	say(step.kind === 'read' ? `Reading ${step.what}` : `Paying for ${step.what}: ${step.cost}`);
	recorder.step = step.name;
	try {
		return await step.run(stage);
	} catch (error) {
		// What was seen before it still counts, and a report is owed for what was paid.
		say(`  ${error instanceof Error ? redacted(error.message, secretsOf(stage)) : 'It failed.'}`);
		return true;
	}
}

async function checkBudget(
	stage: Stage,
	before: Balance,
): Promise<{ spent: number | undefined; stop: string | undefined }> {
	const now = await readBalance(stage);
	if (now === undefined) return { spent: undefined, stop: 'the balance could not be read' };
	const spent = spentBetween(before, now);
	const { budget } = stage.options;
	return {
		spent,
		stop: spent > budget ? `the balance fell by ${spent}, and the budget is ${budget}` : undefined,
	};
}

async function writeReports(report: Report, folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, 'live-report.json'), asJson(report));
	await writeFile(path.join(folder, 'live-report.md'), asMarkdown(report));
}

function sayResult({ statements, spent }: Report, folder: string, say: Say): void {
	for (const { outcome, id, seen, rule, file } of statements) {
		if (outcome === 'differs') say(`  differs: ${id}: ${seen} (${rule}; ${file})`);
	}
	const count = (wanted: string) => statements.filter(({ outcome }) => outcome === wanted).length;
	say(
		`${count('held')} held, ${count('differs')} differ, ${count('not tried')} not tried. Spent: ${spent ?? 'unknown'}.`,
	);
	say(`The report: ${path.join(folder, 'live-report.md')} and live-report.json`);
}
