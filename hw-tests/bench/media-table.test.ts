import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gatewayMedia } from './gateway-media.ts';
import { judgeMedia } from './media-judgements.ts';
import type { MediaLoad } from './media-load.ts';
import type { MediaRun } from './media-run.ts';
import type { MediaServer } from './media-server.ts';
import { addedBySrtp, type MediaRow, renderMedia, timesOurs, timesOwnCost } from './media-table.ts';
import { rtpengine } from './rtpengine.ts';

const COSTS = { PCMU: 0.01, G722: 1, opus: 4, opus32: 8 };
const PCMU: MediaLoad = { legs: 100, roomSize: 2, codecs: ['PCMU', 'PCMU'], secured: false };
const SECURED: MediaLoad = { ...PCMU, secured: true };

/** Runs with these CPU figures and otherwise the same. */
function row(server: MediaServer, load: MediaLoad, ...cpuMsPerLeg: number[]): MediaRow {
  const runs = cpuMsPerLeg.map(
    (cpu): MediaRun => ({
      server: server.name,
      load,
      cpuMsPerLeg: cpu,
      controlCpuMsPerLeg: null,
      memoryKbPerLeg: 40,
      controlMemoryMb: load.legs,
      threads: 1,
      delayMs: { count: 1, p50: 14, p95: 24, p99: 25, max: 25 },
      generatorShare: 0.1,
      report: {} as MediaRun['report'],
    }),
  );
  return { server, load, repeated: { runs, thrownAway: [] } };
}

test('a peer is told by how many of our legs one of its legs pays for, by the medians of the same load', () => {
  const rows = [row(rtpengine, PCMU, 9, 1, 2), row(gatewayMedia, SECURED, 100), row(gatewayMedia, PCMU, 0.5)];
  assert.is(timesOurs(rows[0] as MediaRow, rows), 4);
  assert.is(timesOurs(rows[2] as MediaRow, rows), null);
  assert.is(timesOurs(rows[0] as MediaRow, rows.slice(0, 2)), null, 'nothing of ours beside it');
});

test("the codec's own cost is the mean of both codecs of a session", () => {
  const mixed: MediaLoad = { ...PCMU, codecs: ['PCMU', 'opus'] };
  assert.is(timesOwnCost(row(gatewayMedia, mixed, 4.01), COSTS), 2);
});

test('what SRTP adds is for a secured leg, where only every other one is secured too', () => {
  const ours = [row(gatewayMedia, PCMU, 0.5), row(gatewayMedia, SECURED, 0.75)];
  assert.is(addedBySrtp(ours[1] as MediaRow, ours), 0.25);
  const theirs = [row(rtpengine, PCMU, 0.5), row(rtpengine, SECURED, 0.75)];
  assert.is(addedBySrtp(theirs[1] as MediaRow, theirs), 0.5);
  assert.is(
    addedBySrtp(theirs[1] as MediaRow, [...ours, theirs[1] as MediaRow]),
    null,
    'nothing in the clear beside it',
  );
});

test('a load that gave no run is a row of dashes that says why', () => {
  const lost: MediaRow = { ...row(gatewayMedia, PCMU), repeated: { runs: [], thrownAway: ['legs heard themselves'] } };
  const [, , line = ''] = renderMedia([lost], COSTS).split('\n');
  assert.match(line, /^\| PCMU +\| +2 \| +100 \| crosspoint \| –+ .*\| 0, thrown away 1: legs heard themselves \|$/);
});

test('each budget is judged on the load that it names, and growth on the least and the most legs', () => {
  const opus: MediaLoad = { ...PCMU, codecs: ['opus', 'opus'], legs: 60 };
  const rows = [
    row(gatewayMedia, PCMU, 0.5),
    row(gatewayMedia, { ...PCMU, legs: 300 }, 0.6),
    row(gatewayMedia, SECURED, 0.7),
    row(gatewayMedia, opus, 5),
    row(gatewayMedia, { ...PCMU, legs: 20 }, 0.6),
  ];
  const verdicts = judgeMedia(rows, COSTS).map(({ what, measured, verdict }) => [what, measured?.toFixed(2), verdict]);
  assert.equal(verdicts, [
    ['CPU per leg, PCMU, 100 legs in sessions of 2', '0.50', 'met'],
    ['delay added, p50, PCMU, 100 legs in sessions of 2', '14.00', 'met'],
    ['delay added, p95, PCMU, 100 legs in sessions of 2', '24.00', 'NOT MET'],
    ['memory per leg, in the worker, PCMU, 100 legs in sessions of 2', '40.00', 'met'],
    ["CPU per leg by the codec's own, opus, 60 legs in sessions of 2", '1.25', 'met'],
    ['memory per leg, in the worker, opus, 60 legs in sessions of 2', '40.00', 'met'],
    ['CPU added by SRTP, PCMU, secured, 100 legs in sessions of 2', '0.20', 'met'],
    ['growth: CPU per leg, 300 legs by 20', '1.00', 'met'],
    ['memory per leg, in firmware', '1024.00', 'NOT MET'],
  ]);
});

test.run();
