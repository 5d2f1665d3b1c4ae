import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../sip/message/headers.ts';
import { type Caller, callerOf, UNKNOWN_CALLER } from './caller.ts';

const rules = { country: '44', trunkPrefix: '0', international: '00' };
const number = (e164: string, text = e164) => ({ e164, text });

const read = (trusted: boolean, ...fields: [string, string][]) => callerOf(Headers.of(fields), trusted, rules);

const CASES: [what: string, trusted: boolean, fields: [string, string][], caller: Partial<Caller>][] = [
  [
    'a number in From',
    false,
    [['From', '"Alice" <sip:02071234567@pbx.example.com>;tag=1']],
    { number: number('+442071234567', '02071234567'), display: 'Alice' },
  ],
  ['a tel URI in From', false, [['From', '<tel:+44-20-7123-4567>;tag=1']], { number: number('+442071234567') }],
  ['an extension', false, [['From', '<sip:1000@pbx>;tag=1']], { number: { e164: null, text: '1000' } }],
  ['a name', false, [['From', 'Bob <sip:bob@pbx>;tag=1']], { user: 'bob', display: 'Bob' }],
  ['the stand-in for no number', false, [['From', '<sip:+00000000@a>;tag=1']], {}],
  ['nobody', false, [['From', '<sip:pbx.example.com>;tag=1']], {}],
  ['an anonymous caller', false, [['From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1']], { hidden: true }],
  ['an address that cannot be read', false, [['From', '"Alice <sip:1@a>']], {}],
  ['another scheme', false, [['From', '<mailto:a@b>;tag=1']], {}],
  ['no From at all', false, [], {}],
  [
    'an asserted identity of a peer that is not trusted',
    false,
    [
      ['From', '<sip:1000@a>;tag=1'],
      ['P-Asserted-Identity', '<sip:+442071234567@a>'],
    ],
    { number: { e164: null, text: '1000' } },
  ],
  [
    'an asserted identity of a trusted peer',
    true,
    [
      ['From', '"Alice" <sip:1000@a>;tag=1'],
      ['P-Asserted-Identity', '<sip:+442071234567@a>'],
    ],
    { number: number('+442071234567'), display: 'Alice', asserted: true },
  ],
  [
    'the number of two asserted identities',
    true,
    [
      ['From', '<sip:1000@a>;tag=1'],
      ['P-Asserted-Identity', '"Alice" <sip:alice@a>, <tel:+442071234567>'],
    ],
    { number: number('+442071234567'), asserted: true },
  ],
  [
    'a hidden caller whom a trusted peer names',
    true,
    [
      ['From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'],
      ['P-Asserted-Identity', '"Alice" <sip:+442071234567@a>'],
      ['Privacy', 'id;critical'],
    ],
    { number: number('+442071234567'), display: 'Alice', hidden: true, asserted: true },
  ],
  [
    'Remote-Party-ID of a trusted peer',
    true,
    [
      ['From', '<sip:1000@a>;tag=1'],
      ['Remote-Party-ID', '"Alice" <sip:+442071234567@a>;party=calling;privacy=full'],
    ],
    { number: number('+442071234567'), display: 'Alice', hidden: true, asserted: true },
  ],
  [
    'broken asserted headers of a trusted peer',
    true,
    [
      ['From', '<sip:1000@a>;tag=1'],
      ['P-Asserted-Identity', '<sip:'],
      ['Remote-Party-ID', '"'],
    ],
    { number: { e164: null, text: '1000' } },
  ],
  [
    'privacy that is asked of a peer that is not trusted',
    false,
    [
      ['From', '<sip:+442071234567@a>;tag=1'],
      ['Privacy', 'user'],
    ],
    { number: number('+442071234567'), hidden: true },
  ],
  [
    'privacy none',
    false,
    [
      ['From', '<sip:+442071234567@a>;tag=1'],
      ['Privacy', 'none'],
    ],
    { number: number('+442071234567') },
  ],
];

for (const [what, trusted, fields, caller] of CASES)
  test(`the caller is read from ${what}`, () =>
    assert.equal(read(trusted, ...fields), { ...UNKNOWN_CALLER, ...caller }));

test('a display name is cut and cleaned', () => {
  assert.is(read(false, ['From', `"\u0007${'x'.repeat(500)}" <sip:1@a>`]).display, 'x'.repeat(64));
});

test.run();
