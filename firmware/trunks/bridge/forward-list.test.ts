import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../config/load.ts';
import { formatUri, parseUri } from '../../sip/message/uri.ts';
import { parseForwardTarget } from '../forward-target.ts';
import { readNumber } from '../number-format.ts';
import { termsOf } from '../side-terms-of.ts';
import type { TrunkPort } from '../trunk-port.ts';
import { forwardEntries } from './forward-list.ts';

const { trunks } = parseConfig(
  `
trunks:
  - name: carrier
    targets: ["sip:one.example.com", "sip:two.example.com"]
    codecs: [G729, PCMA]
    numbers: { in: { country: "44" }, out: national }
  - name: phones
    registrations: true
    login: { username: phones, password: "0123456789" }
    targets: ["registered"]
`,
  'test.yaml',
);

const ports = trunks.map(
  (config): TrunkPort => ({
    name: config.name,
    config,
    terms: termsOf(config),
    domain: 'box.example.com',
    orderedTargets: () =>
      config.targets
        .filter(text => text !== 'registered')
        .map(text => ({ uri: parseUri(text), requestUri: parseUri(text), timeoutMs: 5000, media: null })),
    admit: () => ({ release: () => {} }),
    countRefusal: () => {},
    targetFailed: () => {},
  }),
);

const CALLED = readNumber('+442071234567', { trunkPrefix: '0', international: '00' });
const entriesOf = (...targets: string[]) =>
  forwardEntries(targets.map(parseForwardTarget), CALLED, {
    trunks: { byName: name => ports.find(port => port.name === name) ?? null, forTarget: () => null },
    terms: { codecs: [], security: 'none', digits: { accept: ['rfc4733'], send: 'rfc4733', removeInband: false } },
  });

test('a trunk stands for its targets, and the number is written as it wants it', () => {
  const [entry] = entriesOf('trunk:carrier;timeout=3000;media=srtp');
  assert.equal(
    entry?.tries.map(({ requestUri, target, timeoutMs, terms }) => [
      requestUri,
      formatUri(target),
      timeoutMs,
      terms.security,
    ]),
    [
      ['sip:02071234567@one.example.com', 'sip:one.example.com', 3000, 'sdes'],
      ['sip:02071234567@two.example.com', 'sip:two.example.com', 3000, 'sdes'],
    ],
  );
  assert.equal([entry?.diverts, entry?.destination.number?.e164], [false, '+442071234567']);
  assert.equal(
    entry?.tries[0]?.terms.codecs.map(({ name }) => name),
    ['G729', 'PCMA'],
    'those that only pass too',
  );
});

test('another number there is a diversion', () => {
  const [entry] = entriesOf('trunk:carrier/02089999999');
  assert.equal([entry?.diverts, entry?.destination.number?.e164], [true, '+442089999999']);
  assert.is(entry?.tries[0]?.requestUri, 'sip:02089999999@one.example.com');
});

test('an address has the called number where it names nobody, and is for the rules about domains', () => {
  const [plain, named] = entriesOf('sip:pbx.example.com;transport=tcp', 'sip:reception@pbx.example.com');
  assert.is(plain?.tries[0]?.requestUri, 'sip:+442071234567@pbx.example.com;transport=tcp');
  assert.equal(plain?.destination, { number: CALLED, domain: 'pbx.example.com' });
  assert.is(named?.tries[0]?.requestUri, 'sip:reception@pbx.example.com');
  assert.equal(named?.destination, { number: null, domain: 'pbx.example.com' });
});

test('a number with signs between its digits is one for the rules about numbers', () => {
  const [entry] = entriesOf('sip:1,1,2@pbx.example.com');
  assert.is(entry?.destination.number?.text, '1,1,2');
});

test('a trunk where nobody is registered has nothing to try, and one that is unknown is left out', () => {
  assert.equal(
    entriesOf('trunk:phones', 'trunk:nobody').map(({ tries }) => tries.length),
    [0],
  );
});

test.run();
