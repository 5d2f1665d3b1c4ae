import * as assert from 'uvu/assert';
import { DnsServer } from '../../firmware/sip/resolver/dns-server.fixture.ts';
import { freePort } from '../rig/free-ports.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SilentUdp } from '../rig/silent-udp.ts';
import { briefly } from '../rig/webhook-receiver.ts';

/** Each test has a name of its own, so that no cache of another one stands in its way. */
const names = await new DnsServer({}).start();
const sipPort = await freePort();
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      sip: {
        dnsServers: [names.address],
        listeners: ['udp', 'tcp'].map(transport => ({ transport, host: '127.0.0.1', port: sipPort })),
      },
    },
  },
});

const HERE = { 'here.test': ['127.0.0.1'] };
const srv = (port: number, priority = 10, weight = 0) => ({ target: 'here.test', port, priority, weight });

/** Calls that name, and tells how the call went once it was answered or over. */
async function dialled(uri: string): Promise<{ answered: boolean; reason: string | undefined; tookMs: number }> {
  const { application } = rig.box;
  const session = await application.createSession();
  const before = Date.now();
  const { connectionId } = await application.dial(session, uri);
  const answered = await Promise.race([
    rig.webhook.state(connectionId, 'ACTIVE', 15_000).then(() => true),
    rig.webhook.story(connectionId, 15_000).then(() => false),
  ]);
  const tookMs = Date.now() - before;
  if (answered) await application.hangUp(session, connectionId);
  const story = await rig.webhook.story(connectionId, 15_000);
  return { answered, reason: story.map(briefly).at(-1), tookMs };
}

rig.test('NAPTR names the transport, SRV host and port', async () => {
  const phone = await startPhone(rig, { frequencyHz: 500, transport: 'tcp' });
  const naptr = {
    order: 10,
    preference: 10,
    flags: 's',
    service: 'SIP+D2T',
    regexp: '',
    replacement: '_sip._tcp.one.test',
  };
  names.zone = { a: HERE, naptr: { 'one.test': [naptr] }, srv: { '_sip._tcp.one.test': [srv(phone.sip.port)] } };
  assert.ok((await dialled('sip:bob@one.test')).answered);
  assert.ok(names.asked.includes('NAPTR one.test'));
  assert.match(phone.sip.requests('INVITE')[0] ?? '', /^INVITE sip:bob@one\.test SIP/);
});

rig.test(
  'a server that says nothing is left for the next one after five seconds, and put last for a while',
  async () => {
    const phone = await startPhone(rig, { frequencyHz: 500 });
    const silent = rig.keep(await SilentUdp.open());
    names.zone = {
      a: HERE,
      srv: { '_sip._udp.two.test': [srv(silent.port, 1), srv(phone.sip.port, 2)] },
    };
    const { answered, tookMs } = await dialled('sip:bob@two.test');
    assert.ok(answered);
    assert.ok(tookMs > 4_500 && tookMs < 7_000, `${tookMs} ms`);
    assert.ok(silent.received > 0);
    await phone.close();
    await startPhone(rig, { frequencyHz: 500, port: phone.sip.port });
    const again = await dialled('sip:bob@two.test');
    assert.ok(again.tookMs < 1_500, 'the silent one is put last for a while');
  },
);

rig.test('a server that answers 503 is left for the next one at once', async () => {
  const keys = { status: 503, phrase: 'Service Unavailable' };
  const full = await startPhone(rig, { frequencyHz: 500, scenario: 'reject', keys });
  const phone = await startPhone(rig, { frequencyHz: 500 });
  names.zone = {
    a: HERE,
    srv: { '_sip._udp.three.test': [srv(full.sip.port, 1), srv(phone.sip.port, 2)] },
  };
  const { answered, tookMs } = await dialled('sip:bob@three.test');
  assert.ok(answered && tookMs < 2_000, `${tookMs} ms`);
  await full.sip.logged('REFUSED');
});

rig.test('a name that is not there ends the call with 503, soon', async () => {
  names.zone = { a: HERE };
  const { answered, reason, tookMs } = await dialled('sip:bob@nobody.test');
  assert.equal([answered, reason], [false, 'callDestroyed 503']);
  assert.ok(tookMs < 5_000, `${tookMs} ms`);
});

rig.test('a name server that says nothing ends the call in seconds', async () => {
  names.behaviour = 'silence';
  const { answered, tookMs } = await dialled('sip:bob@quiet.test');
  names.behaviour = 'answer';
  assert.ok(!answered && tookMs < 12_000, `${tookMs} ms`);
});

rig.test('the name server can go', () => names.close());

rig.run();
