import { SCENARIOS } from './scenarios/index.mts';
import type { ScenarioReport } from './report.mts';

/** One scenario in this process; the report goes to the parent. */
const [, , key = '', rounds = '5'] = process.argv;
const scenario = SCENARIOS[key];
if (scenario === undefined) throw new Error(`there is no scenario "${key}"`);
const startedAt = performance.now();
const figures = await scenario.run({ rounds: Number(rounds) });
const report: ScenarioReport = {
	scenario: scenario.name,
	rounds: Number(rounds),
	seconds: Math.round((performance.now() - startedAt) / 1_000),
	figures,
};
if (process.send) process.send(report, () => process.disconnect());
