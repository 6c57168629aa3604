import { testShard } from './shard.mts';

testShard(0);
