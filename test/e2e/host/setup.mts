import { ensureRuntime } from './runtime.mts';
import { createReport } from './progress.mts';

const report = createReport();
const runtime = await ensureRuntime(report);
report(`n8n is ready: ${runtime.nodeBinary} ${runtime.n8nScript} start`);
