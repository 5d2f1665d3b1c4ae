import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../../base/errors.ts';
import type { Action } from '../../../scripts/action.ts';
import { compileNcco, nccoLimits, readNcco } from './compile.ts';

const events = { url: 'https://app/events', method: 'POST' } as const;
const compile = (...ncco: unknown[]) => compileNcco(ncco, { events });
const say = { kind: 'say', text: 'Hi', language: 'en-US', voice: null, loops: 1, levelDb: 0 } as const;
const gather = {
  kind: 'gather',
  prompts: [],
  firstDigitMs: 3000,
  interDigitMs: 3000,
  finishKeys: '',
  maxDigits: 4,
  tellsNothing: true,
} as const;
const told = { format: 'wav', channels: 'mono', events } as const;
const target = { headers: [], auth: undefined, secure: false, sendDigits: null, whisper: null, events };
const connected = {
  kind: 'connect',
  from: null,
  ringMs: 60_000,
  limitMs: 7_200_000,
  ringback: null,
  answersWithTarget: false,
  endsOnStar: false,
  record: null,
  next: null,
} as const;

/** What is written, and what it comes to. */
const table: readonly (readonly [written: Record<string, unknown>, action: Partial<Action>])[] = [
  [{ action: 'talk', text: 'Hi' }, say],
  [
    { action: 'talk', text: 'Hi', language: 'de-DE', loop: 0, level: '-0.5', style: 2, premium: true },
    { ...say, language: 'de-DE', loops: 0, levelDb: -5 },
  ],
  [
    { action: 'stream', streamUrl: ['https://app/a.mp3'], loop: '2', level: 1 },
    { kind: 'play', what: { url: 'https://app/a.mp3' }, loops: 2, levelDb: 10 },
  ],
  [{ action: 'input' }, { ...gather, next: { target: events, form: 'input-legacy' } }],
  [
    {
      action: 'input',
      timeOut: 10,
      maxDigits: '6',
      submitOnHash: 'true',
      eventUrl: ['http://a/b'],
      eventMethod: 'GET',
    },
    {
      ...gather,
      firstDigitMs: 10_000,
      interDigitMs: 10_000,
      maxDigits: 6,
      finishKeys: '#',
      next: { target: { url: 'http://a/b', method: 'GET' }, form: 'input-legacy' },
    },
  ],
  [
    { action: 'input', type: ['dtmf'] },
    { ...gather, next: { target: events, form: 'input' } },
  ],
  [
    { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1, timeOut: 5 } },
    { ...gather, firstDigitMs: 5000, interDigitMs: 5000, maxDigits: 1, next: { target: events, form: 'input' } },
  ],
  [
    { action: 'conversation', name: 'standup' },
    {
      kind: 'conference',
      room: 'standup',
      canSpeak: true,
      canHear: true,
      startsOnEnter: true,
      endsOnExit: false,
      wait: null,
      beep: null,
      maxMembers: 50,
      record: null,
      limitMs: null,
      leavesOnStar: false,
      events: null,
      next: null,
    },
  ],
  [
    {
      action: 'conversation',
      name: 'x',
      startOnEnter: false,
      musicOnHoldUrl: ['http://a/m.mp3'],
      mute: true,
      record: true,
    },
    { startsOnEnter: false, wait: { urls: ['http://a/m.mp3'] }, canSpeak: false, record: told },
  ],
  [
    { action: 'conversation', name: 'x', canSpeak: [], canHear: [] },
    { canSpeak: false, canHear: false },
  ],
  [
    { action: 'connect', endpoint: [{ type: 'phone', number: '+4420', dtmfAnswer: '1p2#' }], from: '4930' },
    {
      ...connected,
      from: '4930',
      targets: [{ ...target, to: { kind: 'number', number: '4420' }, sendDigits: '1p2#' }],
    },
  ],
  [
    {
      action: 'connect',
      endpoint: [
        {
          type: 'sip',
          uri: 'sip:a@h;transport=tls;media=srtp',
          headers: { location: 'here' },
          standardHeaders: { 'User-to-User': '56a390f3' },
          onAnswer: { url: 'https://app/whisper' },
        },
      ],
      timeout: 10,
      limit: 60,
      eventType: 'synchronous',
      ringbackTone: 'https://app/ring.wav',
    },
    {
      ...connected,
      ringMs: 10_000,
      limitMs: 60_000,
      ringback: { kind: 'play', what: { url: 'https://app/ring.wav' }, loops: 0, levelDb: 0 },
      next: { target: events, form: 'connect' },
      targets: [
        {
          ...target,
          to: { kind: 'sip', uri: 'sip:a@h;transport=tls' },
          secure: true,
          headers: [
            ['X-location', 'here'],
            ['User-to-User', '56a390f3'],
          ],
          whisper: { url: 'https://app/whisper', method: 'GET' },
          events: { ...events, events: ['started', 'ringing', 'answered'] },
        },
      ],
    },
  ],
  [
    { action: 'record' },
    {
      kind: 'record',
      terms: told,
      maxMs: 7_200_000,
      silenceMs: null,
      finishKeys: '',
      beep: false,
      inBackground: true,
      next: null,
    },
  ],
  [
    {
      action: 'record',
      split: 'conversation',
      endOnSilence: 3,
      endOnKey: '#',
      timeOut: 60,
      beepStart: true,
      format: 'ogg',
    },
    {
      terms: { ...told, format: 'ogg', channels: 'dual' },
      maxMs: 60_000,
      silenceMs: 3000,
      finishKeys: '#',
      beep: true,
      inBackground: false,
    },
  ],
  [
    { action: 'notify', payload: { a: 1 } },
    { kind: 'notify', payload: { a: 1 }, next: { target: events, form: 'notify' } },
  ],
  [{ action: 'wait' }, { kind: 'pause', ms: 10_000 }],
  [
    { action: 'wait', timeout: 0 },
    { kind: 'pause', ms: 100 },
  ],
];

test('every action becomes what it says', () => {
  for (const [written, expected] of table) {
    const { actions, warnings } = compile(written);
    assert.equal(warnings, [], JSON.stringify(written));
    const [action] = actions;
    const same = Object.fromEntries(Object.keys(expected).map(key => [key, action?.[key as keyof Action]]));
    assert.equal(same, expected, JSON.stringify(written));
  }
});

test('what may be barged in on before an input is heard while it waits, and everything else in its turn', () => {
  const { actions } = compile(
    { action: 'talk', text: 'Hi' },
    { action: 'talk', text: 'Hi', bargeIn: true },
    { action: 'stream', streamUrl: ['http://a/b.wav'], bargeIn: true },
    { action: 'input' },
    { action: 'talk', text: 'Hi', bargeIn: true },
    { action: 'wait', timeout: 1 },
    { action: 'talk', text: 'Hi', bargeIn: true },
  );
  assert.equal(
    actions.map(action =>
      action.kind === 'gather' ? ['gather', action.prompts.map(({ kind }) => kind)] : action.kind,
    ),
    ['say', ['gather', ['say', 'play']], 'say', 'pause', 'say'],
  );
});

test('what counts for nothing is warned of with its place, and the rest counts', () => {
  const cases: readonly (readonly [written: unknown, warned: string, actions: number])[] = [
    [7, 'bad-value [0]', 0],
    [{}, 'unknown-verb [0].action', 0],
    [{ action: 'sing' }, 'unknown-verb [0].action', 0],
    [{ action: '__proto__' }, 'unknown-verb [0].action', 0],
    [{ action: 'talk' }, 'bad-value [0].text', 0],
    [{ action: 'talk', text: 'x'.repeat(1501) }, 'bad-value [0].text', 0],
    [{ action: 'talk', text: 'Hi', colour: 'red' }, 'unknown-key [0].colour', 1],
    [{ action: 'talk', text: 'Hi', loop: -1, level: 2 }, 'bad-value [0].loop bad-value [0].level', 1],
    [{ action: 'stream', streamUrl: ['file:///etc/passwd'] }, 'bad-value [0].streamUrl', 0],
    [{ action: 'input', type: ['dtmf'], dtmf: { maxDigits: 21 } }, 'bad-value [0].dtmf.maxDigits', 1],
    [{ action: 'input', type: ['dtmf', 'speech'], speech: {} }, 'not-supported [0].speech not-supported [0].type', 1],
    [{ action: 'input', type: ['speech'] }, 'not-supported [0].type', 0],
    [{ action: 'conversation', name: 'x', canHear: ['some'] }, 'not-supported [0].canHear', 1],
    [{ action: 'connect' }, 'bad-value [0].endpoint', 0],
    [{ action: 'connect', endpoint: [{ type: 'websocket' }] }, 'not-supported [0].endpoint[0].type', 0],
    [{ action: 'connect', endpoint: [{ type: 'phone', number: 'x' }] }, 'bad-value [0].endpoint[0].number', 0],
    [
      { action: 'connect', endpoint: [{ type: 'sip', uri: 'sip:a@b', headers: { a: 'b\r\nRoute: c' } }] },
      'bad-value [0].endpoint[0].headers',
      0,
    ],
    [
      { action: 'connect', endpoint: [{ type: 'phone', number: '44' }], machineDetection: 'hangup' },
      'not-supported [0].machineDetection',
      1,
    ],
    [{ action: 'record', format: 'mp3' }, 'not-supported [0].format', 1],
    [{ action: 'record', endOnKey: '12' }, 'bad-value [0].endOnKey', 1],
  ];
  for (const [written, warned, count] of cases) {
    const { actions, warnings } = compile(written);
    const said = warnings.map(({ code, place }) => `${code} ${place}`).join(' ');
    assert.is(said, warned, JSON.stringify(written));
    assert.is(actions.length, count, JSON.stringify(written));
  }
});

test('a conversation without a name ends the call there', () => {
  const { actions, warnings } = compile({ action: 'talk', text: 'Hi' }, { action: 'conversation' });
  assert.equal(actions, [say, { kind: 'hang-up' }]);
  assert.equal(
    warnings.map(({ code, place }) => [code, place]),
    [['bad-value', '[1].name']],
  );
});

test('an asynchronous input lets the script go on, and says where every key is told', () => {
  const { actions, keysTo } = compile({ action: 'input', type: ['dtmf'], mode: 'asynchronous' }, { action: 'wait' });
  assert.equal([actions.length, keysTo], [1, events]);
});

test('what is no NCCO is refused, whatever it is', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const nested = `[{"action":"notify","payload":${'['.repeat(40)}${']'.repeat(40)}}]`;
  const long = `["${'x'.repeat(nccoLimits.length)}"]`;
  const many = JSON.stringify(Array(101).fill({ action: 'wait' }));
  for (const text of ['', 'OK', '{}', 'null', '<html>', '[', deep, nested, long, many])
    assert.throws(() => readNcco(text, { events }), isNoScript, text.slice(0, 20));
});

test('random JSON is either a script or no script', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const words = [
    'action',
    'talk',
    'connect',
    'input',
    'dtmf',
    'type',
    'endpoint',
    'sip',
    'uri',
    'name',
    '__proto__',
    '',
  ];
  const names = table.flatMap(([written]) => Object.keys(written));
  const pick = (from: readonly string[]) => from[random(from.length)] ?? '';
  const value = (depth: number): unknown => {
    const kind = random(depth > 4 ? 5 : 8);
    if (kind === 0) return null;
    if (kind === 1) return random(2) === 0;
    if (kind === 2) return random(10_000) - 5000;
    if (kind < 5) return pick(words);
    if (kind < 6) return Array.from({ length: random(4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: random(5) }, () => [pick([...words, ...names]), value(depth + 1)]));
  };
  for (let run = 0; run < 5000; run++) {
    const changed = table[random(table.length)]?.[0] ?? {};
    const ncco = random(3) === 0 ? value(0) : [{ ...changed, [pick(names)]: value(1) }];
    try {
      const { actions, warnings } = compileNcco(ncco, { events: random(2) === 0 ? events : null });
      assert.ok(actions.length <= nccoLimits.actions && warnings.length <= nccoLimits.warnings);
    } catch (error) {
      if (!isNoScript(error)) throw error;
    }
  }
});

function isNoScript(error: unknown): boolean {
  return isCrosspointError(error) && error.code === 'script.not-a-script';
}

test.run();
