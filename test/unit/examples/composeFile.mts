import { z } from 'zod/v4';

/** The parts of the Compose Specification (https://compose-spec.io) that the example uses; anything else is a mistake. */

const text = z.union([z.string(), z.number()]);
const duration = z.string().regex(/^(\d+(us|ms|s|m|h))+$/);
const environment = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

const serviceSchema = z.strictObject({
	image: z.string(),
	build: z.strictObject({ context: z.string(), dockerfile_inline: z.string() }).optional(),
	command: z.union([z.string(), z.array(z.string())]).optional(),
	configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).default([]),
	depends_on: z
		.union([
			z.array(z.string()).transform((names) => names.map((name) => [name, undefined] as const)),
			z
				.record(z.string(), z.strictObject({ condition }))
				.transform((services) =>
					Object.entries(services).map(([name, on]) => [name, on.condition] as const),
				),
		])
		.default([]),
	deploy: z.strictObject({ replicas: z.int().positive() }).optional(),
	environment: environment.default({}),
	healthcheck: z
		.strictObject({
			test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
			interval: duration,
			timeout: duration,
			retries: z.int().positive(),
		})
		.optional(),
	ports: z.array(text).default([]),
	restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
	stop_grace_period: duration.optional(),
	volumes: z.array(z.string().regex(/^[a-z]+:\/\S+$/)).default([]),
});

const fileSchema = z
	.looseObject({
		name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
		services: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), serviceSchema),
		configs: z.record(z.string(), z.strictObject({ content: z.string() })),
		volumes: z.record(z.string(), z.null()),
	})
	.refine(
		(file) => {
			const known = ['name', 'services', 'configs', 'volumes'];
			return Object.keys(file).every((key) => known.includes(key) || key.startsWith('x-'));
		},
		{ error: 'a top-level key that Compose does not know' },
	);

export type ComposeFile = z.infer<typeof fileSchema>;

/** @throws a ZodError for what Compose would refuse. */
export function parseComposeFile(content: unknown): ComposeFile {
	return fileSchema.parse(content);
}
