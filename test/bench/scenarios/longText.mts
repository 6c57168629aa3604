import { interleaved, measured, medianOf, type Sample } from '../measure.mts';
import { builtModule } from '../builtModule.mts';
import { storeParts } from '../nodes/joinNodes.mts';
import type { Figure } from '../report.mts';
import type { Scenario } from '../scenario.mts';
import { withWorkbench, type Workbench } from '../workbench.mts';

const { normalizeText } = builtModule<typeof import('../../../nodes/shared/text/normalizeText.ts')>(
	'shared/text/normalizeText',
);
const { splitText } =
	builtModule<typeof import('../../../nodes/shared/text/splitText.ts')>('shared/text/splitText');

const CHARACTERS = 1_000_000;
const PART_CHARACTERS = 5_000;
/** What one would write first: every sentence with the space behind it. */
const SENTENCES = /[^.!?…。！？]+[.!?…。！？]*\s*/gu;

const TEXTS: Readonly<Record<string, string>> = {
	English: 'It was, as ever, a matter of time.  "Really?" he asked Dr. Weber.\n\n',
	German: 'Das gilt z. B. für Haus und Hof, d. h. ab dem 3. Mai; mehr weiß niemand!\n',
	Chinese: '今天天气很好，我们去公园散步吧。你想一起来吗？好的！',
	emoji: 'Good morning 👩‍👩‍👧! Here is your news 🇩🇪, in short ✨. ',
};

const PARTS = 200;
const PART_BYTES = 200 * 1024;
/** What takes milliseconds needs more rounds than what takes seconds. */
const SHORT_ROUNDS_FACTOR = 5;

export const longText: Scenario = {
	name: 'long text',
	run: async ({ rounds }): Promise<Figure[]> => [
		await cutting(rounds),
		...(await withWorkbench(async (bench) => await joining(bench, rounds))),
	],
};

async function cutting(rounds: number): Promise<Figure> {
	const ratios: Array<{ name: string; ratio: number; oursMs: number; passMs: number }> = [];
	for (const [name, unit] of Object.entries(TEXTS)) {
		const text = unit.repeat(Math.ceil(CHARACTERS / unit.length)).slice(0, CHARACTERS);
		const { ours, pass } = await interleaved<'ours' | 'pass', Sample>(
			rounds * SHORT_ROUNDS_FACTOR,
			{
				ours: async () => await measured(() => splitText(normalizeText(text), PART_CHARACTERS)),
				pass: async () => await measured(() => text.match(SENTENCES)),
			},
		);
		// Nothing is waited for: CPU time is the whole of it, and other programs do not spoil it.
		const oursMs = medianOf(ours, ({ cpuMs }) => cpuMs);
		const passMs = medianOf(pass, ({ cpuMs }) => cpuMs);
		ratios.push({ name, ratio: oursMs / passMs, oursMs, passMs });
	}
	return {
		name: '1 MB normalised and cut, of one regular-expression pass, worst of the texts',
		value: Math.max(...ratios.map(({ ratio }) => ratio)),
		unit: '×',
		limit: { atMost: 5 },
		beside: Object.fromEntries(
			ratios.map(({ name, ratio, oursMs, passMs }) => [
				name,
				`${ratio.toFixed(2)} × (${oursMs.toFixed(1)} / ${passMs.toFixed(1)} ms)`,
			]),
		),
	};
}

async function joining(bench: Workbench, rounds: number): Promise<Figure[]> {
	const items = await storeParts(bench.engine, PARTS, PART_BYTES);
	const wallMs = async (mode: 'join' | 'joinWithPauses' | 'copy') => {
		globalThis.gc?.();
		const result = await bench.engine.run({
			node: 'bench.joinNode',
			parameters: { mode },
			items,
		});
		const [row] = result.rows;
		if (row === undefined) throw new Error(result.error?.message ?? 'nothing was joined');
		await bench.engine.binary.deleteExecution('workflow-1', result.executionId);
		return { wallMs: Number(row['wallMs']), bytes: Number(row['bytes']) };
	};
	const { join, joinWithPauses, copy } = await interleaved(rounds * SHORT_ROUNDS_FACTOR, {
		join: async () => await wallMs('join'),
		joinWithPauses: async () => await wallMs('joinWithPauses'),
		copy: async () => await wallMs('copy'),
	});
	const copyMs = medianOf(copy, (sample) => sample.wallMs);
	return Object.entries({ '': join, ' with pauses': joinWithPauses }).map(([kind, samples]) => {
		const joinMs = medianOf(samples, (sample) => sample.wallMs);
		return {
			name: `200 MP3 parts of 200 KiB joined${kind} in the store, of a plain copy`,
			value: joinMs / copyMs,
			unit: '×',
			limit: { atMost: 1.3 },
			beside: {
				'join ms': joinMs,
				'copy ms': copyMs,
				'joined MiB': medianOf(samples, ({ bytes }) => bytes) / 1024 ** 2,
			},
		};
	});
}
