import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PolicyConfig } from '../config/policy-schema.ts';
import { checkPolicy, type PolicyLevel, type PolicyVerdict } from './calling-policy.ts';
import { readNumber } from './number-format.ts';

const rules = { country: '44', trunkPrefix: '0', international: '00' };

const level = (policy: PolicyConfig, of = 'the box', full: PolicyLevel['full'] = null): PolicyLevel => ({
  of,
  rules: policy,
  full,
});

const call = (levels: PolicyLevel[], number: string | null, domain: string | null = null): PolicyVerdict =>
  checkPolicy(levels, { number: number === null ? null : readNumber(number, rules), domain });

/** "allowed", "allowed 60" with a longest call, "emergency", or the rule that refused. */
function verdict(policy: PolicyConfig | PolicyLevel[], number: string | null, domain: string | null = null): string {
  const found = call(Array.isArray(policy) ? policy : [level(policy)], number, domain);
  if (found.kind === 'refused') return found.rule === 'emergency' ? 'refused emergency' : found.rule;
  if (found.emergency) return 'emergency';
  return found.maxSeconds === null ? 'allowed' : `allowed ${found.maxSeconds}`;
}

const britain = { allowPrefixes: ['+44'], denyPrefixes: ['+4490', '0871'] };
const refuses: PolicyConfig = { emergency: { numbers: ['112', '999'], action: 'refuse' } };
const allows: PolicyConfig = { emergency: { numbers: ['112'], action: 'allow' } };
const domains = { allowDomains: ['*.example.com', 'pbx.test', '2001:db8::1'], denyDomains: ['bad.example.com'] };

const CASES: [what: string, actual: () => string, expected: string][] = [
  ['no rule', () => verdict({}, '+442071234567'), 'allowed'],
  ['an allowed prefix', () => verdict(britain, '+442071234567'), 'allowed'],
  ['an allowed prefix in national form', () => verdict(britain, '02071234567'), 'allowed'],
  ['another country', () => verdict(britain, '+33123456789'), 'allowPrefixes'],
  ['another country by 00', () => verdict(britain, '0033123456789'), 'allowPrefixes'],
  ['a denied prefix', () => verdict(britain, '+449012345678'), 'denyPrefixes'],
  ['a denied prefix in national form', () => verdict(britain, '09012345678'), 'denyPrefixes'],
  ['a denied prefix with separators', () => verdict(britain, '+44 (90) 123-45678'), 'denyPrefixes'],
  ['a denied prefix with letters between', () => verdict(britain, '+44x90x12345678'), 'denyPrefixes'],
  ...['+0044901234567', '00+44901234567', '++44901234567', '+44(0)901234567', '(+44),901234567'].map(
    (dialled): (typeof CASES)[number] => [
      `a denied prefix written ${dialled}`,
      () => verdict({ denyPrefixes: ['+4490'] }, dialled),
      'denyPrefixes',
    ],
  ),
  [
    'a denied prefix below a context',
    () => verdict({ denyPrefixes: ['+4490'] }, '901234567;phone-context=+44'),
    'denyPrefixes',
  ],
  ['a prefix denied as it is dialled', () => verdict(britain, '08712345678'), 'denyPrefixes'],
  ['an extension where prefixes are allowed', () => verdict(britain, '1000'), 'allowPrefixes'],
  ['an extension that is allowed', () => verdict({ allowPrefixes: ['+44', '1'] }, '1000'), 'allowed'],
  ['a name where numbers are allowed', () => verdict(britain, null, 'a.test'), 'allowPrefixes'],
  ['a name at an allowed domain', () => verdict({ ...britain, allowDomains: ['a.test'] }, null, 'a.test'), 'allowed'],
  ['a domain below an allowed one', () => verdict(domains, null, 'A.Example.com.'), 'allowed'],
  ['the domain above those that are allowed', () => verdict(domains, null, 'example.com'), 'allowDomains'],
  ['a domain that only ends alike', () => verdict(domains, null, 'badexample.com'), 'allowDomains'],
  ['a denied domain', () => verdict(domains, null, 'bad.example.com'), 'denyDomains'],
  ['an allowed name', () => verdict(domains, null, 'pbx.test'), 'allowed'],
  ['an allowed address', () => verdict(domains, null, '2001:DB8::1'), 'allowed'],
  ...['2001:0db8:0:0::0001', '::ffff:192.0.2.1', '::ffff:c000:201', '192.0.2.1', 'bad.example.com..'].map(
    (host): (typeof CASES)[number] => [
      `a denied address written ${host}`,
      () => verdict({ denyDomains: ['2001:db8::1', '192.0.2.1', 'bad.example.com'] }, '1', host),
      'denyDomains',
    ],
  ),
  ['a domain that is not named', () => verdict(domains, null, '192.0.2.1'), 'allowDomains'],
  [
    'the shortest longest call',
    () => verdict([level({ maxSeconds: 60 }), level({}), level({ maxSeconds: 30 })], '1'),
    'allowed 30',
  ],
  ['an emergency number of no rule', () => verdict({}, '112'), 'allowed'],
  ['an emergency number that is refused', () => verdict(refuses, '112'), 'refused emergency'],
  [
    'an emergency number below a country code',
    () => verdict({ ...refuses, allowPrefixes: ['+'] }, '+44999'),
    'refused emergency',
  ],
  ['an emergency number by 00', () => verdict(refuses, '00112'), 'refused emergency'],
  ...['1-1-2', '1,1,2', '112#', '112*5', '112,5', '112p5', '112;phone-context=+44', '+112', '+44,112', '(112)'].map(
    (dialled): (typeof CASES)[number] => [
      `an emergency number written ${dialled}`,
      () => verdict(refuses, dialled),
      'refused emergency',
    ],
  ),
  [
    'what only looks like an emergency number is allowed nothing',
    () => verdict({ ...allows, allowPrefixes: ['+44'] }, '112,004490'),
    'allowPrefixes',
  ],
  [
    'an emergency number at a domain that is not allowed',
    () => verdict({ ...allows, allowDomains: [] }, '112', 'evil.example'),
    'allowDomains',
  ],
  ['a number that only ends alike', () => verdict(refuses, '+442071234999'), 'allowed'],
  [
    'an emergency number in spite of prefixes and limits',
    () => verdict([level({ ...allows, allowPrefixes: ['+1'], calls: 1, maxSeconds: 9 }, 'the box', 'calls')], '112'),
    'emergency',
  ],
  ['one level refuses', () => verdict([level({}), level(britain), level({})], '+33123456789'), 'allowPrefixes'],
  ['all calls are taken', () => verdict([level({ calls: 3 }, 'trunk a', 'calls')], '1'), 'calls'],
  ['too many calls a second', () => verdict([level({}, 'trunk a', 'rate')], '1'), 'rate'],
];

for (const [what, actual, expected] of CASES) test(`policy: ${what}`, () => assert.is(actual(), expected));

test('the most particular level that names an emergency number decides about it', () => {
  const kind = (...levels: PolicyLevel[]) => call(levels, '112').kind;
  assert.is(kind(level(refuses), level(allows)), 'allowed');
  assert.is(kind(level(allows), level(refuses)), 'refused');
  assert.is(kind(level(allows), level({})), 'allowed');
  assert.is(kind(level(refuses), level({ emergency: { numbers: ['911'], action: 'allow' } })), 'refused');
});

test('a refusal names the rule and whose it is, and whether to try again', () => {
  assert.equal(call([level(britain, 'project 46000001')], '+33123456789'), {
    kind: 'refused',
    rule: 'allowPrefixes',
    code: 'policy.prefix-not-allowed',
    message: 'The policy of project 46000001 does not allow numbers that start so (allowPrefixes)',
    status: 403,
    retriable: false,
  });
  const busy = call([level({ calls: 3 }, 'trunk carrier', 'calls')], '+442071234567');
  assert.equal(busy.kind === 'refused' && [busy.code, busy.status, busy.retriable], ['policy.calls', 503, true]);
});

test.run();
