import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../message/headers.ts';
import {
  afterTooSmall,
  agreedSessionTimer,
  answerSessionTimer,
  readMinSe,
  readSessionExpires,
  sessionTimerOffer,
} from './session-timer.ts';

const headers = (...pairs: [string, string][]) => Headers.of(pairs);

test('an INVITE asks, and a refresh names who does it, seen from the one who sends it', () => {
  const settings = { intervalS: 1800, minS: 90 };
  assert.equal(sessionTimerOffer(settings), [
    ['Session-Expires', '1800'],
    ['Min-SE', '90'],
  ]);
  assert.equal(sessionTimerOffer(settings, 'us')[0], ['Session-Expires', '1800;refresher=uac']);
  assert.equal(sessionTimerOffer(settings, 'them')[0], ['Session-Expires', '1800;refresher=uas']);
});

const values: [value: string, intervalS: number | undefined, refresher?: 'uac' | 'uas' | null][] = [
  ['1800', 1800, null],
  ['1800;refresher=uac', 1800, 'uac'],
  ['  90 ; Refresher = UAS ;x=y', 90, 'uas'],
  ['90;refresher=proxy', 90, null],
  ['90;refresher', 90, null],
  ['90;"', 90, null],
  ['99999999999', 2_000_000, null],
  ['0', 0, null],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
  ['soon', undefined],
];
for (const [value, intervalS, refresher] of values) {
  test(`Session-Expires: "${value}" ${intervalS === undefined ? 'is as good as none' : `says ${intervalS} s`}`, () => {
    const read = readSessionExpires(headers(['Session-Expires', value]));
    assert.equal(read, intervalS === undefined ? null : { intervalS, refresher });
  });
}

test('a header that is not there says nothing', () => {
  assert.is(readSessionExpires(headers()), null);
  assert.is(readMinSe(headers()), null);
  assert.is(readMinSe(headers(['Min-SE', '120;x=1'])), 120);
});

const agreements: [name: string, value: string | null, expected: unknown][] = [
  ['names us', '600;refresher=uac', { intervalS: 600, minS: 90, refresher: 'us' }],
  ['names them', '600;refresher=uas', { intervalS: 600, minS: 90, refresher: 'them' }],
  ['names nobody, which leaves it to us', '600', { intervalS: 600, minS: 90, refresher: 'us' }],
  ['has none', null, null],
  ['is absurd', '1;refresher=uac', { intervalS: 10, minS: 90, refresher: 'us' }],
];
for (const [name, value, expected] of agreements) {
  test(`the caller reads a 2xx that ${name}`, () => {
    assert.equal(agreedSessionTimer(value === null ? headers() : headers(['Session-Expires', value])), expected);
  });
}

const RUNNING = { intervalS: 300, minS: 90, refresher: 'them' } as const;
const answers: [
  name: string,
  pairs: [string, string][],
  current: typeof RUNNING | null,
  said: string | null,
  refresher?: 'us' | 'them',
  required?: boolean,
][] = [
  ['asks for nothing', [['Supported', 'timer']], null, null],
  [
    'leaves it open',
    [
      ['Supported', 'timer'],
      ['Session-Expires', '600'],
    ],
    null,
    '600;refresher=uas',
    'us',
    true,
  ],
  [
    'wants to do it',
    [
      ['Supported', 'x, TIMER'],
      ['Session-Expires', '600;refresher=uac'],
    ],
    null,
    '600;refresher=uac',
    'them',
    true,
  ],
  [
    'wants us to',
    [
      ['Supported', 'timer'],
      ['Session-Expires', '600;refresher=uas'],
    ],
    null,
    '600;refresher=uas',
    'us',
    true,
  ],
  ['cannot do it, a proxy asked', [['Session-Expires', '600;refresher=uac']], null, '600;refresher=uas', 'us', false],
  ['cannot do it, a proxy asked for little', [['Session-Expires', '60']], null, '60;refresher=uas', 'us', false],
  ['forgets the timer that runs', [['Supported', 'timer']], RUNNING, '300;refresher=uac', 'them', true],
  ['forgets it and cannot do it', [], RUNNING, '300;refresher=uas', 'us', false],
  [
    'refreshes',
    [
      ['Supported', 'timer'],
      ['Session-Expires', '400'],
    ],
    RUNNING,
    '400;refresher=uac',
    'them',
    true,
  ],
];
for (const [name, pairs, current, said, refresher, required] of answers) {
  test(`the callee answers a request that ${name} (RFC 4028 §9, table 2)`, () => {
    const answer = answerSessionTimer(headers(...pairs), { minS: 90 }, current);
    if (said === null) {
      assert.is(answer.kind, 'none');
      return;
    }
    assert.is(answer.kind, 'agreed');
    if (answer.kind !== 'agreed') return;
    assert.is(answer.terms.refresher, refresher);
    assert.equal(answer.headers, [['Session-Expires', said], ...(required ? [['Require', 'timer']] : [])]);
  });
}

test('the callee refuses an interval below its own least, of a caller that understands that', () => {
  const asked = headers(['Supported', 'timer'], ['Session-Expires', '100']);
  assert.equal(answerSessionTimer(asked, { minS: 120 }), { kind: 'too-small', headers: [['Min-SE', '120']] });
  assert.is(answerSessionTimer(asked, { minS: 90 }).kind, 'agreed');
});

test('after 422 the caller asks for what it was told, once', () => {
  const asked = { intervalS: 600, minS: 90 };
  const next = afterTooSmall(asked, headers(['Min-SE', '900']));
  assert.equal(next, { intervalS: 900, minS: 900 });
  assert.is(afterTooSmall(next ?? asked, headers(['Min-SE', '900'])), null);
  assert.equal(afterTooSmall(asked, headers(['Min-SE', '300'])), { intervalS: 600, minS: 300 });
  assert.is(afterTooSmall(asked, headers()), null);
  assert.is(afterTooSmall(asked, headers(['Min-SE', '60'])), null);
});

test.run();
