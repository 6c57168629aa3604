import { testShard } from './shard.mts';

testShard(1);
