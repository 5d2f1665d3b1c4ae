import { test } from 'uvu';
import { localTest } from '../rig/rig.ts';
import { surviveOutages } from './broker-outages.ts';

localTest(
  'mosquitto stops, is killed and forgets everything under 20 calls a second: no event is lost or out of order',
  () => surviveOutages({ stoppedMs: 8_000, betweenMs: 1_500 }),
);

test.run();
