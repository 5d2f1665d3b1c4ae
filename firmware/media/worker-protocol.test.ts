import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TNull, TObject, TSchema, TUnion } from 'typebox';
import { Compile } from 'typebox/compile';
import * as assert from 'uvu/assert';
import { SrtpSuite } from '../../pipelines/protocol/leg-media.ts';
import { RecordingManifest } from '../../pipelines/protocol/recording.ts';
import { commands, events, type Method } from '../../pipelines/protocol.ts';
import { newCrypto } from '../sdp/crypto-line.ts';
import {
  BASE,
  come,
  openLeg,
  pcmu,
  RECORDINGS,
  recordingStart,
  request,
  security,
  workerSuite,
} from './worker-protocol.fixture.ts';

const test = workerSuite('the worker protocol, as the real worker speaks it');

const dtls = {
  dtls: {
    role: 'client',
    fingerprints: [{ hash: 'sha-256', value: Array(32).fill('AB').join(':') }],
    association: '127.0.0.1 4000',
  },
};

/** In an order in which each one is valid. */
const samples: readonly [Exclude<Method, 'hello' | 'stop'>, object][] = [
  ['ping', {}],
  ['leg.open', openLeg],
  ['leg.update', { leg: 'a', direction: 'sendonly', hears: { kind: 'tone', frequencyHz: 440, levelDbov: -20 } }],
  [
    'leg.open',
    { ...openLeg, leg: 'b', local: { host: '127.0.0.1', rtpPort: BASE + 10, rtcpPort: BASE + 11 }, security },
  ],
  ['leg.update', { leg: 'a', hears: { kind: 'leg', leg: 'b' }, inbandDigits: { detect: true, remove: true } }],
  ['leg.update', { leg: 'b', security: dtls }],
  ['dump', {}],
  ['leg.stats', { leg: 'b' }],
  ['leg.close', { leg: 'b' }],
  [
    'leg.update',
    {
      leg: 'a',
      hears: { kind: 'tone', frequencyHz: 440, levelDbov: -20, secondFrequencyHz: 480, cadenceMs: [2000, 4000] },
    },
  ],
  ['dump', {}],
  ['leg.send-digits', { leg: 'a', digits: '1p#', digitMs: 60, gapMs: 60 }],
  ['leg.send-digits', { leg: 'a', digits: '9', way: 'inband' }],
  ['leg.stats', { leg: 'a' }],
  [
    'player.start',
    {
      player: 'p',
      to: { leg: 'a' },
      source: { kind: 'tone', frequencyHz: 440, levelDbov: -20, secondFrequencyHz: 480, cadenceMs: [200, 400] },
      levelDb: -3,
      fadeInMs: 20,
      fadeOutMs: 20,
      loops: 1,
      under: 'duck',
      duckDb: -20,
      maxMs: 60_000,
      waitMs: 0,
    },
  ],
  ['player.start', { player: 'q', to: { leg: 'a' }, source: { kind: 'file', directory: '/nowhere', file: 'x.wav' } }],
  ['player.stop', { player: 'p', to: { leg: 'a' }, fadeOutMs: 20 }],
  ['legs.quality', { limit: 1 }],
  ['legs.flow', { after: '0', limit: 1 }],
  ['dump', {}],
  ['leg.close', { leg: 'a' }],
  ['recording.start', recordingStart],
  ['dump', {}],
  ['recording.choose', { recording: 'r', legs: ['l'] }],
  ['recording.stop', { recording: 'r' }],
  ['reset', {}],
];

test('every command is answered as the schema says', async context => {
  const { ask } = context;
  for (const [method, params] of samples) {
    const { result, error } = await ask(request(method, params));
    assert.is(error, undefined, `${method}: ${error?.message}`);
    assert.ok(Compile(commands[method].result as TSchema).Check(result), `${method}: ${JSON.stringify(result)}`);
  }
  await come(context, 'recording.ended');
});

/** Every way to spoil one key of an object, however deep: left out, of the wrong type, unknown. */
function* spoiled(schema: TSchema, value: unknown, where: string): Generator<[string, unknown]> {
  if (Array.isArray(value)) {
    const [first, ...rest] = value;
    for (const [place, bad] of spoiled((schema as { items?: TSchema }).items ?? {}, first, `${where}[0]`))
      yield [place, [bad, ...rest]];
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  yield [`${where} with an unknown key`, { ...value, bogus: 1 }];
  const required = new Set((schema as Partial<TObject>).required ?? []);
  for (const [key, inner] of Object.entries(value)) {
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    if (required.has(key)) yield [`${where} without ${key}`, rest];
    yield [`${where}.${key} of the wrong type`, { ...value, [key]: typeof inner === 'string' ? 7 : 'x' }];
    const declared = (schema as Partial<TObject>).properties?.[key] ?? {};
    const mayBeNull = (declared as Partial<TUnion<TNull[]>>).anyOf?.at(-1)?.type === 'null';
    if (!mayBeNull) yield [`${where}.${key} null`, { ...value, [key]: null }];
    const innerSchema = (mayBeNull && (declared as TUnion).anyOf[0]) || declared;
    for (const [place, bad] of spoiled(innerSchema, inner, `${where}.${key}`)) yield [place, { ...value, [key]: bad }];
  }
}

test('parameters that do not fit are refused in words, key by key, and change nothing', async ({ ask }) => {
  let tried = 0;
  for (const [method, params] of samples) {
    for (const [place, bad] of spoiled(commands[method].params, params, method)) {
      const { error } = await ask(request(method, bad));
      assert.is(error?.code, 'media.bad-request', `${place}: ${JSON.stringify(error)}`);
      assert.ok((error?.message.length ?? 0) > 10, place);
      tried++;
    }
  }
  assert.ok(tried > 60, `only ${tried} ways were tried`);
  const { result } = await ask(request('dump', {}));
  assert.equal(result, { legs: [], sessions: [], recordings: [] });
});

test('values out of range are refused', async ({ ask }) => {
  const bad: [string, object][] = [
    ['leg.open', { ...openLeg, leg: '' }],
    ['leg.open', { ...openLeg, leg: 'x'.repeat(65) }],
    ['leg.open', { ...openLeg, packetMs: 25 }],
    ['leg.open', { ...openLeg, direction: 'both' }],
    ['leg.open', { ...openLeg, local: { host: 'localhost', rtpPort: BASE, rtcpPort: BASE + 1 } }],
    ['leg.open', { ...openLeg, local: { host: '127.0.0.1', rtpPort: 0, rtcpPort: 1 } }],
    ['leg.open', { ...openLeg, send: { ...pcmu, payloadType: 128 } }],
    ['leg.open', { ...openLeg, hears: { kind: 'tone', frequencyHz: 10, levelDbov: -20 } }],
    ['leg.open', { ...openLeg, hears: { kind: 'tone', frequencyHz: 440, levelDbov: -20, cadenceMs: [100, 200, 100] } }],
    ['leg.open', { ...openLeg, hears: { kind: 'tone', frequencyHz: 440, levelDbov: -20, cadenceMs: [100] } }],
    ['leg.open', { ...openLeg, hears: { kind: 'leg', leg: 'a' } }],
    [
      'leg.open',
      {
        ...openLeg,
        security: { ...security, send: security.receive, receive: { ...security.send, key: 'x'.repeat(39) } },
      },
    ],
    ['leg.open', { ...openLeg, security: { ...security, send: { ...security.send, suite: 'NULL_HMAC_SHA1_80' } } }],
    ['leg.open', { ...openLeg, security: { ...security, send: { ...security.send, mki: { value: 1, bytes: 0 } } } }],
    ['leg.open', { ...openLeg, receive: Array.from({ length: 13 }, () => pcmu) }],
    ['leg.open', { ...openLeg, security: { dtls: { ...dtls.dtls, role: 'actpass' } } }],
    ['leg.open', { ...openLeg, security: { dtls: { ...dtls.dtls, fingerprints: [] } } }],
    ['leg.open', { ...openLeg, security: { dtls: { ...dtls.dtls, fingerprints: [{ hash: 'sha-1', value: 'AB' }] } } }],
    ['leg.open', { ...openLeg, security: { ...security, ...dtls } }],
    ['leg.send-digits', { leg: 'a', digits: '' }],
    ['leg.send-digits', { leg: 'a', digits: '1', way: 'info' }],
    ['leg.update', { leg: 'a', inbandDigits: { detect: true } }],
    ['leg.send-digits', { leg: 'a', digits: '12x' }],
    ['leg.send-digits', { leg: 'a', digits: '1', digitMs: 39 }],
    ['recording.start', { ...recordingStart, recording: '../r' }],
    ['recording.start', { ...recordingStart, mode: 'both' }],
    ['recording.start', { ...recordingStart, format: 'mp3' }],
    ['recording.start', { ...recordingStart, sampleRate: 44_100 }],
  ];
  for (const [method, params] of bad) {
    const { error } = await ask(request(method, params));
    assert.is(error?.code, 'media.bad-request', JSON.stringify(params));
  }
});

test('what names nothing, or something twice, has an error code of its own', async ({ ask }) => {
  assert.is((await ask(request('leg.stats', { leg: 'nobody' }))).error?.code, 'media.leg-unknown');
  assert.is((await ask(request('leg.open', openLeg))).error, undefined);
  assert.is((await ask(request('leg.open', openLeg))).error?.code, 'media.leg-exists');
  assert.is((await ask(request('leg.open', { ...openLeg, leg: 'b' }))).error?.code, 'media.port-in-use');
  const { sendTelephoneEvent: _, ...voiceOnly } = openLeg;
  const quiet = { ...voiceOnly, leg: 'c', local: { host: '127.0.0.1', rtpPort: BASE + 2, rtcpPort: BASE + 3 } };
  assert.is((await ask(request('leg.open', quiet))).error, undefined);
  const deaf = { leg: 'c', hears: { kind: 'leg', leg: 'nobody' } };
  assert.is((await ask(request('leg.update', deaf))).error?.code, 'media.leg-unknown');
  const digits = await ask(request('leg.send-digits', { leg: 'c', digits: '1' }));
  assert.is(digits.error?.code, 'media.no-telephone-event');
  const broken = { decode: 'nosuchelement', decodeCaps: 'audio/x-alaw,rate=8000,channels=1', encode: 'nosuchelement' };
  const chain = {
    ...openLeg,
    leg: 'd',
    local: { host: '127.0.0.1', rtpPort: BASE + 4, rtcpPort: BASE + 5 },
    send: { ...pcmu, implementation: broken },
  };
  assert.is((await ask(request('leg.open', chain))).error?.code, 'media.codec-failed');
  assert.equal((await ask(request('reset', {}))).result, { closed: 2 });
});

test('a recording is made in the folder that the worker was started with, and told of from its start to its end', async context => {
  const { ask, events } = context;
  const told = () => events.filter(({ params }) => (params as { recording?: string }).recording === 'x');
  assert.is(
    (await ask(request('recording.start', { ...recordingStart, directory: '/tmp' }))).error?.code,
    'media.recording-directory',
  );
  assert.is((await ask(request('recording.stop', { recording: 'x' }))).error?.code, 'media.recording-unknown');
  await ask(request('recording.start', { ...recordingStart, recording: 'x' }));
  while (told().length < 2) await new Promise(resolve => setTimeout(resolve, 10));
  await ask(request('recording.stop', { recording: 'x' }));
  while (told().length < 3) await new Promise(resolve => setTimeout(resolve, 10));
  assert.equal(
    told().map(({ event }) => event),
    ['recording.started', 'recording.file-started', 'recording.ended'],
  );
  const manifest: unknown = JSON.parse(readFileSync(path.join(RECORDINGS, 'x', 'recording.json'), 'utf8'));
  assert.ok(Compile(RecordingManifest).Check(manifest), JSON.stringify(manifest));
  assert.is(manifest.reason, 'stopped');
});

test('no answer to a command with a key tells the key', async ({ ask }) => {
  const wrong = { ...security, send: { ...security.send, key: `${security.send.key.slice(0, -1)}!` } };
  for (const security of [wrong, { ...wrong, bogus: 1 }]) {
    const { error } = await ask(request('leg.open', { ...openLeg, security }));
    assert.is(error?.code, 'media.bad-request');
    assert.not.match(error?.message ?? '', /d0Rm/);
  }
  assert.is((await ask(request('leg.open', { ...openLeg, security }))).error, undefined);
  assert.not.match(JSON.stringify((await ask(request('dump', {}))).result), /d0Rm|kkkk/);
  await ask(request('reset', {}));
});

test('the worker has every suite of SRTP that the protocol names', async ({ ask }) => {
  for (const { const: suite } of SrtpSuite.anyOf) {
    const key = newCrypto(1, suite, randomBytes).key;
    const reply = await ask(
      request('leg.open', { ...openLeg, security: { send: { suite, key }, receive: { suite, key } } }),
    );
    assert.is(reply.error, undefined, suite);
    await ask(request('reset', {}));
  }
});

test('every event that came fits its schema', async context => {
  await context.ask(request('leg.open', openLeg));
  await context.ask(request('leg.send-digits', { leg: 'a', digits: '5', digitMs: 40, gapMs: 40 }));
  await come(context, 'leg.digits-sent');
  for (const { event, params } of context.events) {
    assert.ok(event && event in events, event);
    assert.ok(Compile(events[event as keyof typeof events] as TSchema).Check(params), JSON.stringify(params));
  }
  await context.ask(request('reset', {}));
});

test('a dump of two hundred legs comes whole', async ({ ask }) => {
  for (let n = 0; n < 200; n++) {
    const local = { host: '127.0.0.1', rtpPort: BASE + 2 * n, rtcpPort: BASE + 1 + 2 * n };
    assert.is((await ask(request('leg.open', { ...openLeg, leg: `leg-${n}`, local }))).error, undefined);
  }
  const { result } = await ask(request('dump', {}));
  assert.ok(Compile(commands.dump.result).Check(result));
  assert.is((result as { legs: unknown[] }).legs.length, 200);
  assert.equal((await ask(request('reset', {}))).result, { closed: 200 });
});

test.run();
