import { waitForJobOperation } from '../shared/host/jobs/jobById';
import { SPEECH_JOBS } from './speechJob';

export const waitForJob = waitForJobOperation(SPEECH_JOBS);
