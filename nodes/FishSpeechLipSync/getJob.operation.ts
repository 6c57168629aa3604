import { getJobOperation } from '../shared/host/jobs/jobById';
import { LIP_SYNC_JOBS } from './lipSyncJob';

export const getJob = getJobOperation(LIP_SYNC_JOBS);
