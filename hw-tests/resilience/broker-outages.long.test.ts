import { test } from 'uvu';
import { localTest } from '../rig/rig.ts';
import { surviveOutages } from './broker-outages.ts';

localTest(
  'mosquitto stops for a minute under 20 calls a second, is killed and forgets everything: no event is lost',
  () => surviveOutages({ stoppedMs: 60_000, betweenMs: 5_000 }),
);

test.run();
