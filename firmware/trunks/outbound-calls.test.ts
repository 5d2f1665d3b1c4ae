import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { projectsOf } from '../config/projects.ts';
import { G711 } from '../sdp/sdp.samples.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import type { UserAgent } from '../sip/user-agent/user-agent.ts';
import { OutboundCalls } from './outbound-calls.ts';
import { OwnDomains } from './own-numbers/own-domains.ts';
import { CallingPolicies } from './policy/calling-policies.ts';
import { configOf, FakeAgent, settled } from './trunks.fixture.ts';
import { Trunks } from './trunks.ts';

const INNER = {} as UserAgent;
const APP = '46000001' as ProjectId;

function calls(trunks: object[], more: object = {}, project: object = {}) {
  const config = configOf(trunks, {
    ...more,
    projects: [{ opentok: { apiKey: APP, apiSecret: 'secret-secret' }, ...project }],
  });
  const clock = new ManualClock();
  const accounts = { logins: [] };
  const own = new Trunks({ config, agent: () => new FakeAgent(), accounts, clock, log: silentLog, changed: () => {} });
  const secrets = { project: { apiKey: '1', apiSecret: 's' } } as Parameters<typeof projectsOf>[1];
  const policy = new CallingPolicies({
    general: config.policy,
    projects: projectsOf(config, secrets),
    trunks: own,
    clock,
  });
  const terms = {
    codecs: G711,
    security: 'none',
    digits: { accept: ['rfc4733'], send: 'rfc4733', removeInband: false },
  } as const;
  const routes = new OutboundCalls({
    trunks: own,
    policy,
    direct: { domain: 'box.example.com', allowAlphanumericFrom: false, terms },
    inside: {
      domains: new OwnDomains(['sip.nexmo.com']),
      agent: { agent: INNER, hop: parseUri('sip:127.0.0.1:9999;transport=udp'), mediaAddress: '127.0.0.1' },
    },
  });
  const dial = (uri: string, from?: string, secure = false) =>
    routes.admit(APP, { target: parseUri(uri), from, secure });
  const refusal = (uri: string): string => {
    try {
      dial(uri);
      return 'allowed';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const isEmergency = (uri: string) =>
    routes.isEmergency(APP, { target: parseUri(uri), from: undefined, secure: false });
  return { dial, refusal, isEmergency, trunks: own, clock };
}

const CARRIER = {
  name: 'carrier',
  targets: ['sip:sip.carrier.com;timeout=3000;transport=tcp', 'sip:backup.carrier.com;media=srtp'],
  auth: { username: 'box', password: 'secret' },
  identity: { asserted: 'pai', domain: 'us.example.com', number: '+442070000000' },
  numbers: { in: { country: '44' }, out: 'plain' },
};

test('a call to a host of a trunk goes as that trunk says', () => {
  const { dial } = calls([CARRIER]);
  for (const uri of [
    'sip:02071234567@sip.carrier.com',
    'sip:+442071234567@carrier',
    'sip:00442071234567@backup.carrier.com',
  ]) {
    const route = dial(uri, '+14155550101@example.com');
    const [first, second] = route.attempts;
    assert.is(route.attempts.length, 2);
    assert.equal([second?.requestUri, second?.terms.security], ['sip:442071234567@backup.carrier.com', 'sdes']);
    assert.equal(
      [formatUri(first.target), first.requestUri, first.firstResponseMs, route.auth?.username],
      ['sip:sip.carrier.com;transport=tcp', 'sip:442071234567@sip.carrier.com;transport=tcp', 3000, 'box'],
      uri,
    );
    assert.equal(route.from, { uri: 'sip:14155550101@us.example.com' });
    assert.equal(route.headers, [['P-Asserted-Identity', '<sip:14155550101@us.example.com>']]);
    assert.is(first.terms.security, 'none');
  }
  assert.is(dial('sip:+44207@carrier', undefined, true).attempts[0].terms.security, 'sdes');
  assert.is(dial('sip:+44207@carrier').from.uri, 'sip:442070000000@us.example.com');
  assert.is(dial('sip:+44207@carrier', 'alice@example.com').from.uri, 'sip:442070000000@us.example.com');
});

test('a target that failed is left for the next one', () => {
  const { dial, trunks } = calls([CARRIER]);
  const trunk = trunks.byName('carrier');
  const [first] = trunk?.orderedTargets() ?? [];
  if (first) trunk?.targetFailed(first);
  const [route] = dial('sip:+442071234567@carrier').attempts;
  assert.is(route.requestUri, 'sip:442071234567@backup.carrier.com');
  assert.is(route.terms.security, 'sdes');
  assert.is(route.firstResponseMs, 5000);
});

test('any other address is called straight', () => {
  const { dial } = calls([CARRIER], { policy: { maxSeconds: 60 } });
  const route = dial('sip:bob@example.org;transport=tcp', '14155550101@example.com');
  assert.equal(
    [
      formatUri(route.attempts[0].target),
      route.attempts[0].requestUri,
      route.from.uri,
      route.headers,
      route.auth,
      route.maxDurationMs,
    ],
    [
      'sip:bob@example.org;transport=tcp',
      'sip:bob@example.org;transport=tcp',
      'sip:14155550101@example.com',
      [],
      undefined,
      60_000,
    ],
  );
});

test('a call for help is known as one where the rules let it pass, and asking counts nothing', () => {
  const emergency = { numbers: ['112'], action: 'allow' };
  const { isEmergency, trunks } = calls([CARRIER], { policy: { emergency } });
  assert.ok(isEmergency('sip:112@carrier'));
  assert.not.ok(isEmergency('sip:+442071234567@carrier'));
  assert.not.ok(isEmergency('sip:bob@example.org'));
  assert.equal(trunks.get('carrier')?.calls, { in: 0, out: 0 });
  const refusing = calls([CARRIER], { policy: { emergency: { ...emergency, action: 'refuse' } } });
  assert.not.ok(refusing.isEmergency('sip:112@carrier'));
});

test('a registered peer is called by the name it gave, or by a number in its place', () => {
  const login = { username: 'phone', password: 'secret' };
  const { dial, refusal, trunks, clock } = calls([
    { name: 'desk', targets: ['registered'], registrations: true, login },
  ]);
  assert.is(refusal('sip:desk'), 'trunk.not-registered');
  assert.equal(trunks.get('desk')?.calls, { in: 0, out: 0 });
  const trunk = trunks.byName('desk');
  const source = { transport: 'udp', address: '203.0.113.7', port: 4000 } as const;
  trunk?.bindings?.update({
    callId: 'a',
    cseq: 1,
    contacts: [{ uri: parseUri('sip:x1@10.0.0.5'), key: 'sip:x1@10.0.0.5', expiresS: 60 }],
    targetOf: (contact, before) => trunk.targetFrom(contact, source, before),
  });
  for (const uri of ['sip:desk', 'sip:phone@desk', 'sip:x1@desk'])
    assert.is(dial(uri).attempts[0].requestUri, 'sip:x1@10.0.0.5', uri);
  assert.is(dial('sip:+442071234567@desk').attempts[0].requestUri, 'sip:+442071234567@10.0.0.5');
  assert.is(formatUri(dial('sip:desk').attempts[0].target), 'sip:203.0.113.7:4000');
  clock.advance(60_000);
  assert.is(refusal('sip:desk'), 'trunk.not-registered');
});

test('every level of the policy has its say, and the refusal names the rule', () => {
  const { refusal, trunks } = calls(
    [{ ...CARRIER, policy: { denyPrefixes: ['+4490'] } }],
    { policy: { denyDomains: ['evil.example'], emergency: {} } },
    { policy: { allowPrefixes: ['+44'], allowDomains: ['example.org'] } },
  );
  const cases: [string, string][] = [
    ['sip:+442071234567@carrier', 'allowed'],
    ['sip:0901234567@carrier', 'policy.prefix-denied'],
    ['sip:+33123456789@carrier', 'policy.prefix-not-allowed'],
    ['sip:112@carrier', 'policy.emergency'],
    ['sip:bob@example.org', 'allowed'],
    ['sip:+442071234567@example.org', 'allowed'],
    ['sip:bob@example.net', 'policy.domain-not-allowed'],
    ['sip:bob@evil.example', 'policy.domain-denied'],
    ['sip:(+33)1x2@example.org', 'policy.prefix-not-allowed'],
  ];
  for (const [uri, code] of cases) assert.is(refusal(uri), code, uri);
  assert.equal(trunks.get('carrier')?.refused, {
    'policy.prefix-denied': 1,
    'policy.prefix-not-allowed': 1,
    'policy.emergency': 1,
  });
});

test('the rules of a trunk hold for its host by any other port, scheme or spelling', async () => {
  const { refusal, trunks, clock } = calls([
    { ...CARRIER, sources: ['203.0.113.0/24'], policy: { denyPrefixes: ['+4490'] } },
    { name: 'other', targets: ['sip:192.0.2.5:5080'] },
  ]);
  // The address that its name has is known as soon as it has answered from there.
  assert.is(refusal('sip:0901234567@192.0.2.9'), 'allowed');
  trunks.start();
  clock.advance(1_000);
  await settled();
  for (const address of [
    '192.0.2.9',
    'sip.carrier.com',
    'SIP.Carrier.com.',
    'sip.carrier.com..',
    'sip.carrier.com:5061',
    'sip.carrier.com;transport=tls',
    'carrier',
    'CARRIER.',
    '203.0.113.9:5070',
    '[::ffff:203.0.113.9]',
  ])
    for (const number of ['0901234567', '%30%39%30-1234567', '+44(0)901234567', '901234567;phone-context=+44'])
      assert.is(refusal(`sip:${number}@${address}`), 'policy.prefix-denied', `${number}@${address}`);
  assert.is(refusal('sips:0901234567@sip.carrier.com'), 'policy.prefix-denied');
  assert.is(refusal('sip:0901234567@elsewhere.example'), 'allowed');
  await trunks.close();
});

test('an address that hides where it leads to, or what it calls, is refused', () => {
  const { refusal } = calls([CARRIER], { policy: { allowDomains: ['example.org'] } });
  assert.is(refusal('sip:bob@example.org;maddr=192.0.2.66'), 'call.bad-uri');
  assert.is(refusal('sip:1@carrier;maddr=192.0.2.66'), 'call.bad-uri');
  assert.is(refusal(`sip:${'-'.repeat(128)}112@example.org`), 'call.bad-uri');
});

test('calls count at every level until they are released; an emergency call is never one too many', () => {
  const { dial, refusal, clock } = calls(
    [{ ...CARRIER, limits: { calls: 1 }, policy: { emergency: { action: 'allow' } } }],
    { policy: { calls: 3 } },
    { policy: { calls: 2, callsPerSecond: 100 } },
  );
  const first = dial('sip:+442071234567@carrier');
  assert.is(refusal('sip:+442071234567@carrier'), 'trunk.too-many-calls');
  const emergency = dial('sip:112@carrier');
  assert.is(emergency.maxDurationMs, undefined);
  assert.is(refusal('sip:bob@example.org'), 'policy.calls');
  first.release();
  first.release();
  assert.is(refusal('sip:+442071234567@carrier'), 'trunk.too-many-calls');
  emergency.release();
  clock.advance(1000);
  for (let i = 0; i < 5; i++) dial('sip:+442071234567@carrier').release();
});

test('a call to a domain of the box stays inside, whatever transport and port it names; the policy counts it', () => {
  const { dial, refusal } = calls([CARRIER], { policy: { denyPrefixes: ['+7'], calls: 1 } });
  assert.is(refusal('sip:79161234567@sip.nexmo.com'), 'policy.prefix-denied');
  const route = dial('sips:14155550101@SIP.nexmo.com.:5061;transport=tls');
  const [{ agent, target, requestUri, terms }] = route.attempts;
  assert.is(agent, INNER);
  assert.equal([target.host, target.port, terms.advertise], ['127.0.0.1', 9999, '127.0.0.1']);
  assert.match(requestUri, /^sip:14155550101@sip\.nexmo\.com/);
  assert.is(refusal('sip:14155550102@sip.nexmo.com'), 'policy.calls');
  route.release();
  assert.is(refusal('sip:14155550102@sip.nexmo.com'), 'allowed');
});

test.run();
