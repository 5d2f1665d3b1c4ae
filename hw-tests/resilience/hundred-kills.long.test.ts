import { test } from 'uvu';
import { localTest } from '../rig/rig.ts';
import { surviveKills } from './kills.ts';

localTest('a hundred times kill -9 of the service at random moments: no event is lost or out of order', () =>
  surviveKills(100, Math.floor(Math.random() * 1e6)),
);

test.run();
