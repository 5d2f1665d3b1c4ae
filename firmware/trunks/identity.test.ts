import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { IdentityConfig } from '../config/identity-schema.ts';
import { parseUri } from '../sip/message/uri.ts';
import { type Caller, UNKNOWN_CALLER } from './caller.ts';
import { type IdentityContext, outgoingIdentity } from './identity.ts';

const standard: IdentityConfig = {
  asserted: 'none',
  trustIncoming: false,
  privacy: 'honour',
  diversion: 'drop',
  alphanumeric: false,
};
const rules = { country: '44', trunkPrefix: '0', international: '00' };
const alice: Partial<Caller> = { number: { e164: '+442071234567', text: '02071234567' }, display: 'Alice' };

/** Every line that tells of the caller, the From first. */
function told(caller: Partial<Caller>, policy: Partial<IdentityConfig> = {}, context: Partial<IdentityContext> = {}) {
  const { from, headers } = outgoingIdentity(
    { ...UNKNOWN_CALLER, ...caller },
    { policy: { ...standard, ...policy }, domain: '192.0.2.10', style: 'e164', rules, ...context },
  );
  parseUri(from.uri);
  return [`${from.displayName ?? ''} ${from.uri}`.trim(), ...headers.map(([name, value]) => `${name}: ${value}`)];
}

const anonymous = 'Anonymous sip:anonymous@anonymous.invalid';

const CASES: [what: string, actual: () => string[], expected: string[]][] = [
  ['a number', () => told(alice), ['Alice sip:+442071234567@192.0.2.10']],
  ['a number in the trunk’s style', () => told(alice, {}, { style: 'national' }), ['Alice sip:02071234567@192.0.2.10']],
  ['no number', () => told({}), ['sip:+00000000@192.0.2.10']],
  ['no number is never asserted', () => told({}, { asserted: 'both' }), ['sip:+00000000@192.0.2.10']],
  ['the default number', () => told({}, { number: '+442079460000' }), ['sip:+442079460000@192.0.2.10']],
  ['a name becomes the stand-in', () => told({ user: 'bob' }), ['sip:+00000000@192.0.2.10']],
  ['a name where names are allowed', () => told({ user: 'bob' }, { alphanumeric: true }), ['sip:bob@192.0.2.10']],
  [
    'a name that would break the URI',
    () => told({ user: 'a b>' }, { alphanumeric: true }),
    ['sip:+00000000@192.0.2.10'],
  ],
  ['an extension', () => told({ number: { e164: null, text: '1000' } }), ['sip:1000@192.0.2.10']],
  [
    'an extension on a line with a number',
    () => told({ number: { e164: null, text: '1000' } }, { number: '02079460000' }),
    ['sip:+442079460000@192.0.2.10'],
  ],
  [
    'domain and display of the trunk',
    () => told(alice, { domain: 'a.example', display: 'Desk' }),
    ['Desk sip:+442071234567@a.example'],
  ],
  ['an IPv6 domain', () => told({}, {}, { domain: '2001:db8::1' }), ['sip:+00000000@[2001:db8::1]']],
  [
    'both asserted headers',
    () => told({ ...alice, asserted: true }, { asserted: 'both' }),
    [
      'Alice sip:+442071234567@192.0.2.10',
      'P-Asserted-Identity: Alice <sip:+442071234567@192.0.2.10>',
      'Remote-Party-ID: Alice <sip:+442071234567@192.0.2.10>;party=calling;screen=yes;privacy=off',
    ],
  ],
  ['a hidden caller towards a stranger', () => told({ ...alice, hidden: true }), [anonymous, 'Privacy: id']],
  [
    'a hidden caller towards a trusted trunk',
    () => told({ ...alice, hidden: true }, { asserted: 'both' }),
    [
      anonymous,
      'P-Asserted-Identity: Alice <sip:+442071234567@192.0.2.10>',
      'Remote-Party-ID: Alice <sip:+442071234567@192.0.2.10>;party=calling;screen=no;privacy=full',
      'Privacy: id',
    ],
  ],
  [
    'a hidden caller where privacy is ignored',
    () => told({ ...alice, hidden: true }, { privacy: 'ignore' }),
    ['Alice sip:+442071234567@192.0.2.10'],
  ],
  [
    'who forwarded the call',
    () => told(alice, { diversion: 'pass' }, { divertedFrom: { e164: '+442079460000', text: '+442079460000' } }),
    ['Alice sip:+442071234567@192.0.2.10', 'Diversion: <sip:+442079460000@192.0.2.10>;reason=unconditional;counter=1'],
  ],
  [
    'who forwarded the call, where that is dropped',
    () => told(alice, {}, { divertedFrom: { e164: null, text: '1000' } }),
    ['Alice sip:+442071234567@192.0.2.10'],
  ],
  [
    'a display name with quotes stays a display name',
    () => told({ ...alice, display: 'A "B" <sip:evil@x>' }, { asserted: 'pai' }).slice(1),
    ['P-Asserted-Identity: "A \\"B\\" <sip:evil@x>" <sip:+442071234567@192.0.2.10>'],
  ],
];

for (const [what, actual, expected] of CASES) test(`a trunk is told ${what}`, () => assert.equal(actual(), expected));

test.run();
