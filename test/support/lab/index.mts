/**
 * n8n's engine, the sandbox and a credential that joins them, for engine tests:
 *
 *     const lab = useLab();
 *     const result = await lab.run('fishSpeechTextToSpeech', synthesize, { items });
 *     expect(lab.control.requests(ENDPOINTS.synthesize)).toHaveLength(3);
 */
export { startLab, type Lab, type LabOptions, type LabRun } from './lab.mts';
export { useLab } from './useLab.mts';
export {
	ACEDATA_ENDPOINTS,
	ENDPOINTS,
	methodClassOf,
	type Endpoint,
	type MethodClass,
} from '../../sandbox/endpoints.mts';
export {
	ACEDATA_NODE,
	generateAudio,
	getTask,
	synthesizeAudio,
	waitForTask as waitForAceDataTask,
} from './aceDataParameters.mts';
export { aceDataTarball, unpackAceData } from './aceDataPackage.mts';
export {
	createJob,
	dialogue,
	getJob,
	sentences,
	synthesize,
	texts,
	voice,
	waitForJob,
} from './parameters.mts';
export {
	callLines,
	failureOf,
	failureRowsOf,
	jobLines,
	ledgerOf,
	reasonsOf,
	rowsOf,
	type Failure,
} from './reading.mts';
export { openedLedgerOf } from './ledger.mts';
export { callBesideN8n } from './otherClient.mts';
export { audioSeconds } from './audioSeconds.mts';
export { clipBytes, publishClip, speak, storeAudio, storeClip, type Spoken } from './media.mts';
export { tracesOf } from './traces.mts';
