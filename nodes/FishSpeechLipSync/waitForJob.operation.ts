import { waitForJobOperation } from '../shared/host/jobs/jobById';
import { LIP_SYNC_JOBS } from './lipSyncJob';

export const waitForJob = waitForJobOperation(LIP_SYNC_JOBS);
