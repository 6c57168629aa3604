import { parseArgs } from 'node:util';
import { startSandbox, seedVoices } from './server.mts';

const usage = `Starts a stand-in for the FishSpeech service on this machine.

  --port <number>       port to listen on (default 4010; 0 = any free one)
  --host <name>         address to listen on (default 127.0.0.1)
  --token <text>        bearer token that it accepts
  --voice spoken|tone   real speech, or short tones (default spoken)
  --quota <number>      API quota at the start (default 988000)
  --job-ms <number>     how long a job takes (default 4000)
  --envelope            answer jobs in the shape of the published schema
`;

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '4010' },
		host: { type: 'string', default: '127.0.0.1' },
		token: { type: 'string' },
		voice: { type: 'string', default: 'spoken' },
		quota: { type: 'string', default: '988000' },
		'job-ms': { type: 'string', default: '4000' },
		envelope: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});

function wholeNumber(name: string, value: string): number {
	const number = Number(value);
	if (Number.isInteger(number) && number >= 0) return number;
	throw new Error(`--${name} must be a whole number, not "${value}".`);
}

async function main(): Promise<void> {
	if (values.help) {
		process.stdout.write(usage);
		return;
	}
	const sandbox = await startSandbox({
		host: values.host,
		port: wholeNumber('port', values.port),
		voice: values.voice === 'tone' ? 'tone' : 'spoken',
		apiQuotaRemaining: wholeNumber('quota', values.quota),
		jobDurationMs: wholeNumber('job-ms', values['job-ms']),
		jobShape: values.envelope ? 'envelope' : 'task',
		usageHeaders: true,
		...(values.token === undefined ? {} : { token: values.token }),
	});
	const lines = [
		`Base URL  ${sandbox.baseUrl}`,
		`Token     ${sandbox.token}`,
		`Voices    ${seedVoices.map(({ id }) => id).join(', ')}`,
		`Control   ${sandbox.origin}/__sandbox (see test/sandbox/README.md)`,
		'Stop with Ctrl+C.',
	];
	process.stdout.write(`${lines.join('\n')}\n`);
	const stop = () => void sandbox.close();
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
