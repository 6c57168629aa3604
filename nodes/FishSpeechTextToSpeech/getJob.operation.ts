import { getJobOperation } from '../shared/host/jobs/jobById';
import { SPEECH_JOBS } from './speechJob';

export const getJob = getJobOperation(SPEECH_JOBS);
