import { LIP_SYNC_JOBS } from '../shared/fishspeechNodes/lipSyncJob';
import { waitForJobOperation } from '../shared/host/jobs/jobById';

export const waitForJob = waitForJobOperation(LIP_SYNC_JOBS);
