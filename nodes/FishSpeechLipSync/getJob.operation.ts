import { LIP_SYNC_JOBS } from '../shared/fishspeechNodes/lipSyncJob';
import { getJobOperation } from '../shared/host/jobs/jobById';

export const getJob = getJobOperation(LIP_SYNC_JOBS);
