import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../../sip/message/headers.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { FakeAgent, settled } from '../trunks.fixture.ts';
import { backOffMs, RETRY } from './back-off.ts';
import { grantedSeconds } from './granted.ts';
import { Registration, type RegistrationOptions } from './registration.ts';

const OURS = 'sip:me@192.0.2.1:5060';

async function registering(options: Partial<RegistrationOptions> = {}, prepare: (agent: FakeAgent) => void = () => {}) {
  const agent = new FakeAgent();
  const clock = new ManualClock();
  const states: string[] = [];
  prepare(agent);
  const registration: Registration = new Registration({
    trunk: 'carrier',
    registrar: parseUri('sip:registrar.example.com:5070;transport=tcp'),
    user: 'me',
    expiresSeconds: 3600,
    agent: () => agent,
    clock,
    log: silentLog,
    random: () => 1 - 1e-9,
    changed: () => states.push(registration.view.state),
    ...options,
  });
  registration.start();
  await settled();
  const after = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  return { agent, clock, registration, states, after };
}

const headers = (...pairs: [string, string][]) => Headers.of(pairs);
const contacts = (...values: string[]) => headers(...values.map((value): [string, string] => ['Contact', value]));

test('a registration is refreshed at 85 % of what was granted, in one Call-ID with rising CSeq', async () => {
  const { agent, clock, registration, states, after } = await registering({}, each => {
    each.answer = () => ({ headers: contacts('<sip:other@198.51.100.7>;expires=9999', `<${OURS}>;expires=600`) });
  });
  const [first] = agent.sent;
  assert.equal(
    [first?.method, first?.requestUri, first?.to, first?.from.uri, [...(first?.headers ?? [])]],
    [
      'REGISTER',
      'sip:registrar.example.com:5070',
      'sip:me@registrar.example.com',
      'sip:me@registrar.example.com',
      [['Expires', '3600']],
    ],
  );
  assert.equal([states, registration.view.expiresAt], [['registered'], clock.now() + 600_000]);
  await after(509_999);
  assert.is(agent.sent.length, 1);
  await after(1);
  assert.is(agent.sent.length, 2);
  assert.is(agent.sent[1]?.callId, first?.callId);
  assert.equal(
    agent.sent.map(({ cseq }) => cseq),
    [1, 2],
  );
  assert.equal(states, ['registered']);
  await registration.close();
  assert.equal([...(agent.sent.at(-1)?.headers ?? [])], [['Expires', '0']]);
  assert.is(clock.pendingTimers, 0);
});

const GRANTED: [what: string, headers: Headers, seconds: number][] = [
  ['beside our Contact', contacts(`<${OURS}>;expires=120`), 120],
  ['beside our Contact among others', contacts('<sip:me@198.51.100.7>;expires=5', `<${OURS}>;expires=120`), 120],
  ['in Expires, where the Contact says nothing', headers(['Contact', `<${OURS}>`], ['Expires', '300']), 300],
  ['in Expires alone', headers(['Expires', '300']), 300],
  ['nowhere: what was asked for', headers(), 1800],
  ['beside a Contact that the registrar rewrote', contacts('<sip:me@203.0.113.5:1024>;expires=90'), 90],
  ['beside the only one', contacts('<sip:x@203.0.113.5>;expires=90'), 90],
  [
    'not at all: only contacts of others',
    contacts('<sip:a@203.0.113.5>;expires=90', '<sip:b@203.0.113.6>;expires=90'),
    0,
  ],
  ['0: it is gone', contacts(`<${OURS}>;expires=0`), 0],
  ['beside rubbish that cannot be read', contacts('<<<', `<${OURS}>;expires=120`), 120],
];
for (const [what, given, seconds] of GRANTED)
  test(`the granted time is read ${what}`, () => assert.is(grantedSeconds(given, parseUri(OURS), 1800), seconds));

test('an interval that is too brief is asked for again as the registrar wants it, once', async () => {
  const { agent, after, registration } = await registering({ expiresSeconds: 60 }, each => {
    each.answer = ({ headers: sent }) =>
      new Map(sent).get('Expires') === '60' ? { status: 423, headers: headers(['Min-Expires', '600']) } : {};
  });
  await after(0);
  assert.equal(
    agent.sent.map(({ headers: sent }) => new Map(sent).get('Expires')),
    ['60', '600'],
  );
  assert.is(registration.view.state, 'registered');
  await registration.close();

  const stubborn = await registering({}, each => {
    each.answer = () => ({ status: 423, reason: 'Interval Too Brief', headers: headers(['Min-Expires', '60']) });
  });
  await stubborn.after(0);
  assert.is(stubborn.agent.sent.length, 1);
  assert.is(stubborn.registration.view.reason, '423 Interval Too Brief');
  await stubborn.registration.close();
});

test('after a failure it is tried again, later each time, and a wrong password much later', async () => {
  const { agent, after, registration, states } = await registering({}, each => {
    each.answer = () => 'timeout';
  });
  assert.equal([states, registration.view.reason], [['failed'], 'no answer to REGISTER']);
  for (const ms of [1000, 2000, 4000]) {
    const before = agent.sent.length;
    await after(ms - 1);
    assert.is(agent.sent.length, before);
    await after(1);
    assert.is(agent.sent.length, before + 1);
  }
  agent.answer = () => ({ status: 403, reason: 'Forbidden' });
  await after(8000);
  assert.is(registration.view.reason, 'refused (403 Forbidden)');
  const tried = agent.sent.length;
  await after(60_000);
  assert.is(agent.sent.length, tried);
  agent.answer = () => ({});
  await after(2_000_000);
  assert.equal([registration.view.state, registration.view.reason], ['registered', null]);
  await registration.close();

  const refused = await registering({ auth: { username: 'me', password: 'wrong' } }, each => {
    each.answer = () => ({ status: 401, reason: 'Unauthorized' });
  });
  assert.is(refused.registration.view.reason, 'password refused (401 Unauthorized)');
  await refused.after(59_000);
  assert.is(refused.agent.sent.length, 1);
  await refused.registration.close();
  assert.is(refused.agent.sent.length, 1);
});

test('Retry-After is waited for, and back-off never passes its last step', async () => {
  const { agent, after, registration } = await registering({}, each => {
    each.answer = () => ({ status: 503, headers: headers(['Retry-After', '120 (busy)']) });
  });
  await after(119_999);
  assert.is(agent.sent.length, 1);
  await after(1);
  assert.is(agent.sent.length, 2);
  await registration.close();
  assert.equal([backOffMs(1, RETRY, 0), backOffMs(100, RETRY, 0.999_999)], [500, 300_000]);
});

test('a registration holds while its refresh fails, and is over when its time is', async () => {
  const { agent, after, registration, states } = await registering({ expiresSeconds: 100 });
  agent.answer = () => 'timeout';
  await after(85_000);
  assert.equal([registration.view.state, registration.view.reason], ['registered', 'no answer to REGISTER']);
  await after(15_000);
  assert.equal([registration.view.state, registration.view.expiresAt], ['failed', null]);
  agent.answer = () => ({});
  await after(300_000);
  assert.is(registration.view.state, 'registered');
  assert.equal([...new Set(states)], ['registered', 'failed']);
  await registration.close();
});

test('a peer that came back is registered with at once', async () => {
  const { agent, registration } = await registering();
  registration.again();
  registration.again();
  await settled();
  assert.is(agent.sent.length, 2);
  await registration.close();
});

test('an address that the registrar has from before its answer showed ours is corrected once', async () => {
  const { agent, after, registration } = await registering({}, each => {
    each.answer = () => ({ headers: contacts('<sip:me@10.0.0.1:5060>;expires=3600') });
  });
  await after(1000);
  assert.is(agent.sent.length, 2);
  await after(1_000_000);
  assert.is(agent.sent.length, 2);
  await registration.close();
});

test('taking leave of a registrar that is silent lasts two seconds', async () => {
  const { agent, clock, registration, after } = await registering();
  agent.answer = () => new Promise(() => {});
  let over = false;
  const closed = registration.close().then(() => {
    over = true;
  });
  await after(1999);
  assert.not(over);
  await after(1);
  await closed;
  assert.is(clock.pendingTimers, 0);
  await registration.close();
});

test.run();
