import fc from 'fast-check';
import { newSeed } from '../faults/random.mts';

fc.configureGlobal({ seed: newSeed() });
