/**
 * n8n's engine, the sandbox and a credential that joins them, for engine tests:
 *
 *     const lab = await startLab();
 *     const result = await lab.run('fishSpeechTextToSpeech', synthesize, { items });
 *     expect(lab.control.requests('POST /speech/tts')).toHaveLength(3);
 *     await lab.close();
 */
export { startLab, type Lab, type LabOptions, type LabRun } from './lab.mts';
export { createJob, getJob, synthesize, texts, voice, waitForJob } from './parameters.mts';
export {
	callLines,
	failureOf,
	failureRowsOf,
	jobLines,
	ledgerOf,
	rowsOf,
	type Failure,
} from './reading.mts';
export { audioSeconds } from './audioSeconds.mts';
export { clipBytes, publishClip, speak, storeAudio, storeClip, type Spoken } from './media.mts';
export { failuresOfCreate, failuresOfRead, type FailureCase } from './failures.mts';
export { tracesOf } from './traces.mts';
