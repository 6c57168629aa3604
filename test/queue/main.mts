/** `npm run test:queue`: the core suites; `-- all`: every suite; `-- stop retry`: those with such names. */
import path from 'node:path';
import { startVitest } from 'vitest/node';

const CORE = 'test/queue/core/';

const names = process.argv.slice(2);
const filters = names.includes('all') ? [] : names.length > 0 ? names : [CORE];
const config = path.join(import.meta.dirname, 'vitest.config.mts');
const vitest = await startVitest('test', filters, { config, run: true });
await vitest.close();
