/**
 * n8n's own engine around one package, for tests:
 *
 *     const engine = await createEngine();
 *     const credential = engine.credential('fishSpeechApi', { apiToken, baseUrl });
 *     const result = await engine.run({ node: 'fishSpeechTextToSpeech', parameters, items, credential });
 *     expect(result.rows).toEqual([…]);
 *     const again = await engine.retry(failed);
 *     await engine.close();
 */
export { createEngine } from './createEngine.mts';
export type { Engine } from './engine.mts';
export type * from './options.mts';
export type { ActiveTrigger, TriggerNode } from './polling.mts';
export type { RunError, RunResult } from './result.mts';
export type { ExecutionOptions, RetryOptions, RunningExecution } from './runner.mts';
export type { NewBinary, StoredFile } from './binary.mts';
export type { FastClock, FastClockOptions, RuntimeClock } from './clock.mts';
export type { CredentialReference } from './credentials.mts';
export { DeduplicationStore, type StorePace } from './deduplication.mts';
export { describe as describeNode } from './coreNodes.mts';
export type { WaitingExecutions } from './waiting.mts';
export type { LogLine } from './logs.mts';
export type { InputItem, NodeSettings, WorkflowJson } from './workflow.mts';
