import type { Scenario } from '../scenario.mts';
import { accountLimit } from './accountLimit.mts';
import { answers } from './answers.mts';
import { connections } from './connections.mts';
import { cpu } from './cpu.mts';
import { dialogue } from './dialogue.mts';
import { duration } from './duration.mts';
import { fullN8n } from './fullN8n.mts';
import { loading } from './loading.mts';
import { longText } from './longText.mts';
import { memory } from './memory.mts';
import { queue } from './queue.mts';
import { rateLimit } from './rateLimit.mts';
import { schema } from './schema.mts';
import { scale } from './scale.mts';
import { throughput } from './throughput.mts';
import { trigger } from './trigger.mts';
import { waiting } from './waiting.mts';

/** In the order of the report, by the name that the command line takes. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
	throughput,
	rateLimit,
	limit: accountLimit,
	cpu,
	memory,
	connections,
	waiting,
	longText,
	duration,
	dialogue,
	answers,
	trigger,
	schema,
	scale,
	loading,
	fullN8n,
	queue,
};
