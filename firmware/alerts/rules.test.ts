import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Load } from '../../pipelines/protocol/figures.ts';
import type { Facts } from './facts.ts';
import { rules } from './rules.ts';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 10, 1);

const load: Load = {
  legs: 0,
  sessions: 0,
  busyRatio: 0.1,
  tickLateUsP99: 100,
  tickLateUsMax: 200,
  skippedTicks: 0,
  iceStrangers: 0,
  iceStreams: 0,
  iceStreamsRefused: 0,
};

const well: Facts = {
  now,
  workers: [load, load],
  workerDeaths: 0,
  skippedTicks: 0,
  trunks: [{ name: 'carrier', state: 'up', since: 1, reason: null, registration: null }],
  disk: { totalBytes: 32e9, freeBytes: 20e9 },
  pending: 100,
  dropped: 0,
  storeProblem: null,
  webhooksDown: [],
  brokerDownSince: null,
  certificates: [{ name: 'HTTPS', file: '/etc/box.pem', expiresAt: now + 60 * DAY_MS }],
  wrongPins: { count: 3, locked: false },
};

const registration = { state: 'failed', since: 7, expiresAt: null, reason: '403 Forbidden' } as const;
const [trunk] = well.trunks;

/** What is wrong, and which alerts that must raise: id, severity, a word of its sentence. */
const troubles: readonly (readonly [string, Partial<Facts>, readonly (readonly [string, string, RegExp])[]])[] = [
  ['a media worker is down', { workers: [load, null] }, [['worker-1-down', 'critical', /worker 1/]]],
  ['PINs are guessed', { wrongPins: { count: 60, locked: true } }, [['pins-guessed', 'warning', /60 wrong PINs/]]],
  ['media workers end too often', { workerDeaths: 3 }, [['workers-restarting', 'critical', /3 times/]]],
  [
    'a trunk is down',
    { trunks: [{ ...trunk!, state: 'down', reason: 'no answer to OPTIONS' }] },
    [['trunk-carrier-down', 'critical', /carrier is down: no answer to OPTIONS/]],
  ],
  [
    'a registration failed',
    { trunks: [{ ...trunk!, state: 'down', registration }] },
    [['trunk-carrier-unregistered', 'critical', /not registered: 403 Forbidden/]],
  ],
  [
    'the disk is nearly full',
    { disk: { totalBytes: 32e9, freeBytes: 300 * 1024 * 1024 } },
    [['disk-low', 'warning', /300 MB/]],
  ],
  ['the disk is nearly full', { disk: { totalBytes: 32e9, freeBytes: 1 } }, [['disk-low', 'critical', /0 MB/]]],
  ['the store takes no writes', { storeProblem: 'The disk is full.' }, [['store-failing', 'critical', /disk is full/]]],
  ['many events wait', { pending: 10_000 }, [['outbox-deep', 'warning', /wait/]]],
  ['events were dropped', { dropped: 1 }, [['events-dropped', 'critical', /given up/]]],
  [
    'a webhook is down',
    { webhooksDown: [{ target: 'webhook:call:46000001', project: '46000001', kind: 'call', reason: 'status 500' }] },
    [['webhook-call-46000001-down', 'warning', /call webhook of project 46000001 .*status 500/]],
  ],
  ['the broker is away', { brokerDownSince: now - 30_000 }, [['broker-lost', 'warning', /MQTT broker/]]],
  [
    'a certificate expires',
    { certificates: [{ name: 'trunk a/b', file: '/x.pem', expiresAt: now + 10 * DAY_MS }] },
    [['certificate-trunk-a-b', 'warning', /expires on 2026-11-11: replace \/x\.pem/]],
  ],
  [
    'a certificate expires',
    { certificates: [{ name: 'HTTPS', file: '/x.pem', expiresAt: now - DAY_MS }] },
    [['certificate-HTTPS', 'critical', /has expired/]],
  ],
  ['the mixing is late', { workers: [{ ...load, tickLateUsP99: 5000 }] }, [['overload', 'warning', /late/]]],
  ['the mixing is late', { skippedTicks: 50 }, [['overload', 'warning', /stutter/]]],
];

for (const [name, trouble, expected] of troubles)
  test(`${name} (${expected.map(([id, severity]) => `${id}, ${severity}`).join()})`, () => {
    const found = rules.flatMap(rule => rule.find({ ...well, ...trouble }));
    assert.equal(
      found.map(({ id, severity }) => [id, severity]),
      expected.map(([id, severity]) => [id, severity]),
    );
    for (const [index, [, , words]] of expected.entries()) assert.match(found[index]?.sentence ?? '', words);
    assert.ok(found.every(({ id }) => /^[0-9A-Za-z-]+$/.test(id)));
  });

test('alerts have the ids that their rules say', () => {
  for (const [name, trouble] of troubles) {
    const rule = rules.find(each => each.name === name);
    const pattern = new RegExp(`^${rule?.id.replace(/<[a-z]+>/, '[0-9A-Za-z-]+')}$`);
    for (const { id } of rule?.find({ ...well, ...trouble }) ?? []) assert.match(id, pattern);
  }
});

test('of a box that is well no rule finds anything', () => {
  assert.equal(
    rules.flatMap(rule => rule.find(well)),
    [],
  );
});

test('figures that nobody has raise nothing', () => {
  const unknown: Facts = { ...well, disk: { totalBytes: null, freeBytes: null }, workers: [], trunks: [] };
  assert.equal(
    rules.flatMap(rule => rule.find(unknown)),
    [],
  );
});

test('a broker that is away for a moment is no trouble, nor is a trunk of which nothing is known', () => {
  const facts: Facts = { ...well, brokerDownSince: now - 29_000, trunks: [{ ...trunk!, state: 'unknown' }] };
  assert.equal(
    rules.flatMap(rule => rule.find(facts)),
    [],
  );
});

test('every rule has a trouble here', () => {
  const shown = new Set(troubles.map(([name]) => name));
  for (const { name } of rules) assert.ok(shown.has(name), name);
});

test.run();
