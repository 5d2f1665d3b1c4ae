import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EndsReceived, whyNotHeard } from './webrtc-audio-run.ts';
import { judgeAudio } from './webrtc-judgements.ts';
import type { AudioLoad, Way } from './webrtc-load.ts';
import { type AudioRow, idleMs, type JoinRow, OURS, oursBy, quantiles, speakingMs } from './webrtc-rows.ts';
import { renderAudio, renderDelays, renderJoins, renderVideo } from './webrtc-table.ts';

const JANUS = 'Janus AudioBridge';

/** Of ten browsers, with these CPU figures for all of them while they speak, and half of that while they do not. */
function row(server: string, way: Way, ...mediaMs: number[]): AudioRow {
  const load: AudioLoad = { way, browsers: 10, roomSize: 2 };
  const runs = mediaMs.map(ms => ({
    ...{
      server,
      load,
      idle: { mediaMs: ms / 2, controlMs: 0 },
      oneSpeaks: { mediaMs: ms / 2, controlMs: 0 },
      speaking: { mediaMs: ms, controlMs: 1 },
    },
    ...{ memoryKb: 100, threads: 12, suites: ['AEAD_AES_128_GCM'] },
  }));
  return { scene: load, server, repeated: { runs, thrownAway: [] } };
}

test("a browser's CPU is the median of the runs by the browsers, and ours is told by another's of the same scene", () => {
  const rows = [row(OURS, 'mix', 90, 30, 20), row(JANUS, 'mix', 100), row(JANUS, 'forward', 100)];
  assert.equal(rows.map(speakingMs), [3, 10, 10]);
  assert.is(idleMs(rows[0] as AudioRow), 1.5);
  assert.equal(
    rows.map(each => oursBy(each, rows, speakingMs)),
    [null, 0.3, null],
  );
  assert.match(
    renderAudio(rows),
    /\| the mix +\| +2 \| +10 \| Janus AudioBridge \| +5 \| +0\.3 \| +5 \| +0\.3 \| +10 \| +0\.3 \|/,
  );
});

test('the budget is half of what Janus needs, mixing too where ours sends each stream on', () => {
  const rows = [
    row(OURS, 'mix', 60),
    row(OURS, 'forward', 40),
    row(JANUS, 'mix', 100),
    row('Janus VideoRoom', 'forward', 50),
  ];
  const judged = judgeAudio(rows).filter(({ what }) => what.includes('all speak'));
  assert.equal(
    judged.map(({ what, measured, verdict }) => [what.split(', by ')[1], measured, verdict]),
    [
      [JANUS, 0.6, 'NOT MET'],
      [JANUS, 0.4, 'met'],
      ['Janus VideoRoom', 0.8, 'NOT MET'],
    ],
  );
});

test('a server without a figure is a row that says why', () => {
  const failed: AudioRow = { ...row(JANUS, 'mix'), repeated: { runs: [], thrownAway: ['it ended', 'it hung'] } };
  const rows = [row(OURS, 'mix', 60), failed];
  assert.match(renderAudio(rows), /0, thrown away 2: it hung/);
  assert.is(judgeAudio(rows)[0]?.verdict, 'not measured');
});

test('delays and joins are told by the quantiles over all runs', () => {
  const join: JoinRow = {
    ...{ scene: null, server: OURS },
    repeated: {
      runs: [
        { server: OURS, hearsMs: [10, 30], heardMs: [5] },
        { server: OURS, hearsMs: [20], heardMs: [] },
      ],
      thrownAway: [],
    },
  };
  assert.equal(
    quantiles(join, run => run.hearsMs),
    { p50: 20, p95: 30 },
  );
  assert.match(renderJoins([join]), /\| crosspoint \| +3 \| +20 \| +30 \| +5 \| +5 \|/);
  const run = { server: OURS, leg: ['phone', 'browser'] as const, addedMs: [12, 14] };
  const delay = { scene: run.leg, server: OURS, repeated: { runs: [run], thrownAway: [] } };
  assert.match(renderDelays([delay]), /\| phone +\| browser +\| crosspoint +\| +2 \| +12 \| +14 \|/);
});

test('video is told by what its forwarding took', () => {
  const video = (server: string, mediaMs: number) => ({
    ...{ scene: { viewers: 10 }, server },
    repeated: { runs: [{ server, viewers: 10, forwardedMbit: 10, mediaMs }], thrownAway: [] },
  });
  assert.match(
    renderVideo([video(OURS, 15), video('Janus VideoRoom', 30)]),
    /Janus VideoRoom \| +10 \| +3 \| +0\.5 \|/,
  );
});

const present = { speakers: [1, 2], listeners: [3, 4] };
const all = (packets: number, bytes: number, late: number): EndsReceived =>
  [1, 2, 3, 4].map(end => ({ end, packets, bytes, late, lost: 0 }));

test('a window counts when every listener was sent sound, and the load was in time', () => {
  const options = { seconds: 2, busy: false };
  assert.is(whyNotHeard(present, all(100, 8_000, 0), options), null);
  assert.is(whyNotHeard(present, all(90, 8_000, 0), options), '2 of 2 listeners missed packets');
  assert.is(whyNotHeard(present, all(100, 300, 0), options), '2 of 2 listeners heard silence');
  assert.is(whyNotHeard(present, all(100, 8_000, 5), options), '20 packets of the load were late');
  assert.is(whyNotHeard(present, all(100, 8_000, 5), { ...options, busy: true }), null);
});

test.run();
