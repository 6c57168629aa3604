import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { writeCertificate, type CertificateFiles } from './certificate.mts';
import { runInChild } from './child.mts';
import { isWithin, renderTable, type ScenarioReport } from './report.mts';
import { SCENARIOS } from './scenarios/index.mts';
import { CERTIFICATE_VARIABLE, KEY_VARIABLE } from './server/startServer.mts';

const RESULTS_FILE = 'bench-results.json';
const USAGE = `npm run bench [-- [--rounds 5] [--all] [${Object.keys(SCENARIOS).join('] [')}]]`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		rounds: { type: 'string', default: '5' },
		all: { type: 'boolean', default: false },
		help: { type: 'boolean' },
	},
});
const unknown = positionals.find((key) => !(key in SCENARIOS));
if (values.help || unknown !== undefined) {
	console.log(USAGE);
	process.exit(values.help ? 0 : 1);
}

const usual = Object.keys(SCENARIOS).filter((key) => values.all || !SCENARIOS[key]?.isOptional);
const keys = positionals.length > 0 ? positionals : usual;
const certificate = await writeCertificate();
const reports: ScenarioReport[] = [];
try {
	for (const key of keys) {
		console.error(`${key} …`);
		const report = await runInOwnProcess(key, certificate);
		console.error(renderTable([report]));
		reports.push(report);
	}
} finally {
	rmSync(certificate.folder, { recursive: true, force: true });
}
console.log(renderTable(reports));
writeFileSync(RESULTS_FILE, `${JSON.stringify({ ...machine(), reports }, undefined, '\t')}\n`);
console.log(`Written to ${RESULTS_FILE}.`);
if (!reports.every(({ figures }) => figures.every(isWithin))) process.exitCode = 1;

/** Each scenario has a heap of its own, which owes nothing to the others. */
async function runInOwnProcess(key: string, files: CertificateFiles): Promise<ScenarioReport> {
	return await runInChild('runScenario.mts', [key, values.rounds], {
		[CERTIFICATE_VARIABLE]: files.certificate,
		[KEY_VARIABLE]: files.key,
	});
}

function machine(): Record<string, string | number> {
	return {
		date: new Date().toISOString(),
		node: process.version,
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: availableParallelism(),
	};
}
