import * as assert from 'uvu/assert';
import { DnsServer } from '../../firmware/sip/resolver/dns-server.fixture.ts';
import { freePort } from '../rig/free-ports.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SilentUdp } from '../rig/silent-udp.ts';

/** Peers without SRV: the two nearest share the calls, the others are back-up (the trunk document's lists). */
const ports = [await freePort(), await freePort(), await freePort(), await freePort()] as const;
const [late, good, refusing, spare] = [await freePort(), await freePort(), await freePort(), await freePort()];
const names = await new DnsServer({}).start();
const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      sip: { dnsServers: [names.address] },
      trunks: [
        // Whoever calls the box in these tests.
        { name: 'carrier', sources: ['127.0.0.1'], limits: { callsPerSecond: 100 } },
        {
          name: 'pbx',
          targets: ports.map(port => `sip:127.0.0.1:${port};timeout=2000`),
          balance: 2,
          optionsSeconds: 0,
          limits: { callsPerSecond: 100 },
        },
        {
          name: 'slow',
          targets: [`sip:127.0.0.1:${late};timeout=2000`, `sip:127.0.0.1:${good}`],
          optionsSeconds: 0,
        },
        {
          name: 'sick',
          targets: [`sip:127.0.0.1:${refusing}`, `sip:127.0.0.1:${spare};timeout=2000`],
          optionsSeconds: 0,
        },
      ],
      numbers: [
        { number: '200', to: { forward: ['trunk:pbx'] } },
        { number: '300', to: { forward: ['trunk:slow'] } },
        { number: '400', to: { forward: ['trunk:sick'] } },
        { number: '500', to: { forward: ['sip:bob@weights.test'] } },
        { number: '600', to: { forward: ['sip:bob@nowhere.test', 'sip:bob@last.test;timeout=2000'] } },
      ],
    },
  },
});

const phoneAt = (port: number, options: Partial<Parameters<typeof startPhone>[1]> = {}) =>
  startPhone(rig, { frequencyHz: 1100, port, ...options });

/** Calls, is answered, hangs up. */
async function called(number: string, limitMs = 10_000): Promise<number> {
  const before = Date.now();
  const caller = await callBox(rig, rig.box, number, { frequencyHz: 500, scenario: 'call', keys: { hold_ms: 50 } });
  await caller.sip.logged('MEDIA', limitMs);
  const tookMs = Date.now() - before;
  await caller.sip.succeeded(limitMs);
  await caller.close();
  return tookMs;
}

const answeredBy = (phones: readonly Phone[]) =>
  phones.map(({ sip }) => sip.log.filter(line => line.startsWith('ANSWERED')).length);

rig.test('the two nearest share the calls in turn, and the others get none', async () => {
  const phones = [];
  for (const port of ports) phones.push(await phoneAt(port, { calls: 6 }));
  for (let call = 0; call < 6; call++) await called('200');
  assert.equal(answeredBy(phones), [3, 3, 0, 0]);
  await rig.box.idle();
});

rig.test('while one of them says nothing, the other takes all calls, the first of them after two seconds', async () => {
  const [, second, third] = ports;
  const phones = [await phoneAt(second, { calls: 4 }), await phoneAt(third, { calls: 4 })];
  const took = [];
  for (let call = 0; call < 4; call++) took.push(await called('200'));
  assert.equal(answeredBy(phones), [4, 0]);
  const slow = took.filter(ms => ms > 1_500);
  assert.is(slow.length, 1, `${took} ms`);
  assert.ok(Math.max(...slow) < 3_500, `${took} ms`);
  await rig.box.idle();
});

rig.test('when neither is there, a back-up is called', async () => {
  const [, , third] = ports;
  const backup = await phoneAt(third, { calls: 2 });
  for (let call = 0; call < 2; call++) await called('200');
  assert.equal(answeredBy([backup]), [2]);
  await rig.box.idle();
});

rig.test(
  'a target that answers after it was left is acknowledged and hung up on; the call goes on elsewhere',
  async () => {
    const slow = await phoneAt(late, { scenario: 'answer-late', keys: { ring_ms: 3_500 } });
    const other = await phoneAt(good);
    const caller = await callBox(rig, rig.box, '300', { frequencyHz: 500, scenario: 'call', keys: { hold_ms: 4_000 } });
    await other.sip.logged('ANSWERED');
    assert.equal(
      slow.sip.log.filter(line => line.startsWith('ANSWERED')),
      [],
    );
    await slow.sip.logged('ENDED');
    assert.ok(
      slow.sip.log.some(line => line.startsWith('ANSWERED')),
      'its answer was acknowledged',
    );
    assert.equal(other.sip.requests('BYE'), [], 'nobody hung up on the other one');
    await caller.sip.succeeded();
    await other.sip.logged('ENDED');
    await rig.box.idle();
  },
);

rig.test('503 leads on at once', async () => {
  const sick = await phoneAt(refusing, { scenario: 'reject', keys: { status: 503, phrase: 'Service Unavailable' } });
  const healthy = await phoneAt(spare);
  assert.ok((await called('400')) < 1_500);
  await sick.sip.logged('REFUSED');
  assert.equal(answeredBy([healthy]), [1]);
  await rig.box.idle();
});

rig.test('SRV records of one priority share the calls by weight, those of a higher one are back-up', async () => {
  const [heavy, light, backup] = [await freePort(), await freePort(), await freePort()];
  const phones = [];
  for (const port of [heavy, light, backup]) phones.push(await phoneAt(port, { calls: 40 }));
  const srv = (port: number, priority: number, weight: number) => ({ target: 'here.test', port, priority, weight });
  names.zone = {
    a: { 'here.test': ['127.0.0.1'] },
    srv: { '_sip._udp.weights.test': [srv(backup, 2, 100), srv(light, 1, 10), srv(heavy, 1, 30)] },
  };
  const caller = await callBox(rig, rig.box, '500', {
    frequencyHz: 500,
    scenario: 'call',
    calls: 40,
    keys: { hold_ms: 50 },
  });
  await caller.sip.succeeded(30_000);
  const [toHeavy = 0, toLight = 0, toBackup = 0] = answeredBy(phones);
  console.log(`of 40 calls ${toHeavy} went to weight 30, ${toLight} to weight 10, ${toBackup} to the back-up`);
  assert.equal([toHeavy + toLight, toBackup], [40, 0]);
  // 30 are expected; five standard deviations are 14.
  assert.ok(toHeavy > 16 && toLight > 0, `${toHeavy} of 40`);
  await rig.box.idle();
});

rig.test(
  'a target that cannot be found is left at once, a host of the next one that is silent in its time',
  async () => {
    const silent = rig.keep(await SilentUdp.open());
    const phone = await phoneAt(await freePort());
    const srv = (port: number, priority: number) => ({ target: 'here.test', port, priority, weight: 1 });
    names.zone = {
      a: { 'here.test': ['127.0.0.1'] },
      srv: { '_sip._udp.last.test': [srv(silent.port, 1), srv(phone.sip.port, 2)] },
    };
    const tookMs = await called('600');
    assert.ok(tookMs > 1_900 && tookMs < 4_000, `${tookMs} ms`);
    assert.ok(silent.received > 0);
    assert.equal(answeredBy([phone]), [1]);
    await rig.box.idle();
  },
);

rig.test('the name server can go', () => names.close());

rig.run();
