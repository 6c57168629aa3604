import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { WEBHOOK_PATHS } from '../../queue/cluster/reverseProxy.mts';
import { repositoryRoot } from '../../support/engine/host.mts';
import { type ComposeFile, parseComposeFile } from './composeFile.mts';

const source = readFileSync(path.join(repositoryRoot, 'examples/queue-mode/compose.yaml'), 'utf8');
const content: unknown = parse(source, { merge: true });
const N8N_SERVICES = ['main', 'webhook', 'worker'] as const;

function service(file: ComposeFile, name: string): ComposeFile['services'][string] {
	const found = file.services[name];
	if (found === undefined) throw new Error(`There is no service "${name}"`);
	return found;
}

describe('the compose file for queue mode', () => {
	const file = parseComposeFile(content);
	const n8n = N8N_SERVICES.map((name) => service(file, name));

	it('is refused by its check when a key or a value is wrong', () => {
		const misspelt = source.replace('\nservices:', '\nservice:\nservices:');
		expect(() => parseComposeFile(parse(misspelt, { merge: true }))).toThrow(/top-level/);
		const withoutUnit = source.replace('stop_grace_period: 310s', 'stop_grace_period: 310');
		expect(() => parseComposeFile(parse(withoutUnit, { merge: true }))).toThrow(
			/stop_grace_period/,
		);
	});

	it('refers only to services, volumes and configs that it has', () => {
		for (const { depends_on, volumes, configs } of Object.values(file.services)) {
			for (const [name, condition] of depends_on) {
				const { healthcheck } = service(file, name);
				if (condition === 'service_healthy') expect(healthcheck).toBeDefined();
			}
			for (const volume of volumes) expect(file.volumes).toHaveProperty(volume.split(':')[0] ?? '');
			for (const config of configs) expect(file.configs).toHaveProperty(config.source);
		}
	});

	it('builds one image of n8n with the released package for main, webhook process and workers', () => {
		const [main] = n8n;
		for (const { image, build } of n8n) {
			expect(image).toBe(main?.image);
			expect(build).toEqual(main?.build);
		}
		const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'));
		expect(main?.build?.dockerfile_inline).toContain(`n8n-nodes-fishspeech@${version}`);
		expect(n8n.map(({ command }) => command?.toString().split(' ')[0])).toEqual([
			undefined,
			'webhook',
			'worker',
		]);
	});

	it('tells all processes of n8n the same', () => {
		const [main] = n8n;
		for (const { environment } of n8n) expect(environment).toEqual(main?.environment);
		expect(main?.environment).toMatchObject({
			EXECUTIONS_MODE: 'queue',
			N8N_DEFAULT_BINARY_DATA_MODE: 'database',
			WEBHOOK_URL: expect.stringMatching(/^https:\/\/\$\{DOMAIN/),
			N8N_ENCRYPTION_KEY: expect.stringMatching(/^\$\{/),
		});
	});

	it('lets a worker finish before it is killed', () => {
		const { environment, stop_grace_period: period } = service(file, 'worker');
		const graceSeconds = Number(environment['N8N_GRACEFUL_SHUTDOWN_TIMEOUT']);
		expect(Number.parseInt(period ?? '', 10)).toBeGreaterThan(graceSeconds);
	});

	it('sends the same paths to the webhook process as the tested reverse proxy', () => {
		const caddyfile = file.configs['caddyfile']?.content ?? '';
		const paths = /@production path (.*)/.exec(caddyfile)?.[1]?.split(' ');
		expect(paths).toEqual(WEBHOOK_PATHS.map((prefix) => `${prefix}*`));
		expect(caddyfile).toMatch(/reverse_proxy @production webhook:5678\n\s*reverse_proxy main:5678/);
	});

	it('has no secret in it', () => {
		const secrets = source.match(/^.*(PASSWORD|KEY): .*$/gm) ?? [];
		expect(secrets.length).toBeGreaterThan(0);
		for (const line of secrets) expect(line).toMatch(/: \$\{[A-Z0-9_]+:\?is missing in \.env\}$/);
	});
});
