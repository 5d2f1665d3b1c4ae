/** Every server of the media bench under a small load, whole: the figures mean nothing here, that there are some does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gatewayMedia } from './gateway-media.ts';
import { allPeers } from './media.ts';
import { type MediaLoad, nameOf } from './media-load.ts';
import { pairs } from './media-plan.ts';
import { type MediaRun, mediaRun } from './media-run.ts';
import type { MediaServer } from './media-server.ts';
import { type Attempt, repeat } from './repeat.ts';
import { buildTools } from './tools.ts';

const loads: readonly MediaLoad[] = Object.values(pairs).flatMap(codecs =>
  [2, 4].flatMap(roomSize => [false, true].map(secured => ({ legs: 4, roomSize, codecs, secured }))),
);

/** On a loaded machine the few bursts of a short run may all arrive in pieces. */
async function heardRun(server: MediaServer, load: MediaLoad): Promise<Attempt<MediaRun>> {
  const result = await mediaRun(server, load, { seconds: 2, busy: true });
  return 'run' in result && result.run.report.latencyMs === null ? { thrownAway: 'no burst was found' } : result;
}

test.before(buildTools);

for (const server of [gatewayMedia, ...allPeers])
  for (const load of loads.filter(each => server.carries(each)))
    test(`${server.name} carries ${nameOf(load)}`, async () => {
      assert.is(server.missing(), null);
      const { runs, thrownAway } = await repeat(1, () => heardRun(server, load));
      const [run] = runs;
      assert.ok(run, thrownAway.join('; '));
      assert.ok(run.cpuMsPerLeg > 0);
      assert.ok(run.threads >= 1);
    });

test.run();
