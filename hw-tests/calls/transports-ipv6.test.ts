import * as assert from 'uvu/assert';
import { DnsServer } from '../../firmware/sip/resolver/dns-server.fixture.ts';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

/** The box speaks IPv6 alone: SIP and RTP, to phones and across a bridge. */
const HOST = '::1';
const names = await new DnsServer({}).start();
const [sip, called] = [await freePort(HOST), await freePort(HOST)];
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      sip: {
        dnsServers: [names.address],
        listeners: ['udp', 'tcp'].map(transport => ({ transport, host: HOST, port: sip })),
      },
      media: { host: HOST, ports: freePortRange(40), workers: 1 },
      builtinNumbers: { allowFrom: [] },
      trunks: [{ name: 'pbx', targets: [`sip:[::1]:${called}`], sources: ['::1/128'], optionsSeconds: 0 }],
      numbers: [{ number: '200', to: { forward: ['trunk:pbx'] } }],
    },
  },
});

async function bothHear(one: Phone, other: Phone): Promise<void> {
  const [atOne, atOther] = await Promise.all([one.media.listen(1), other.media.listen(1)]);
  hearsExactly(atOne, [other.media.frequencyHz], one.media.frequencyHz);
  hearsExactly(atOther, [one.media.frequencyHz], other.media.frequencyHz);
}

for (const transport of ['udp', 'tcp'] as const) {
  rig.test(`two phones of a session are called over ${transport} and hear each other`, async () => {
    const { application } = rig.box;
    const phones = [
      await startPhone(rig, { frequencyHz: 500, host: HOST, transport }),
      await startPhone(rig, { frequencyHz: 1100, host: HOST, transport }),
    ] as const;
    const session = await application.createSession();
    const calls = [];
    for (const phone of phones) calls.push(await application.dial(session, phone.uri));
    await bothHear(...phones);
    const [invite = ''] = phones[0].sip.requests('INVITE');
    const via = new RegExp(`^Via: SIP/2\\.0/${transport.toUpperCase()} \\[::1\\]:${sip};`, 'm');
    for (const expected of [via, /^Contact: <sip:[^>]*@\[::1\]:/m, /^c=IN IP6 ::1\r?$/m, /^o=.* IN IP6 ::1\r?$/m])
      assert.match(invite, expected);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
    for (const phone of phones) await phone.sip.logged('ENDED');
    await rig.box.idle();
  });
}

rig.test('a call is carried across the box', async () => {
  const callee = await startPhone(rig, { frequencyHz: 1100, host: HOST, port: called });
  const caller = await callBox(rig, rig.box, '200', {
    frequencyHz: 500,
    host: HOST,
    scenario: 'call',
    keys: { hold_ms: 3_000 },
  });
  await bothHear(caller, callee);
  await caller.sip.succeeded();
  await callee.sip.logged('ENDED');
  await rig.box.idle();
});

rig.test('a name that has nothing but an AAAA record is called, also behind SRV', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, host: HOST });
  const record = { target: 'six.test', port: phone.sip.port, priority: 1, weight: 1 };
  names.zone = { aaaa: { 'six.test': ['::1'] }, srv: { '_sip._udp.carrier.test': [record] } };
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, 'sip:bob@carrier.test');
  await rig.webhook.state(connectionId, 'ACTIVE');
  await application.hangUp(session, connectionId);
  await phone.sip.logged('ENDED');
});

rig.test('an answer says where the request came from, and goes there (received, rport)', async () => {
  const peer = rig.keep(await RawSip.open(rig.box.sipAddress, HOST));
  const request = peer
    .request('OPTIONS', 'x')
    .replaceAll('@::1:', '@[::1]:')
    .replace(/^Via: SIP\/2\.0\/UDP .*?;/m, 'Via: SIP/2.0/UDP [2001:db8::9]:9;');
  peer.send(request);
  await until('the answer', () => peer.received.length > 0);
  const [, via = ''] = /^Via: (.*)$/m.exec(peer.received[0] ?? '') ?? [];
  assert.match(via, /^SIP\/2\.0\/UDP \[2001:db8::9\]:9;/);
  assert.match(via, /;received=::1(;|\r?$)/);
  assert.match(via, new RegExp(`;rport=${peer.port}(;|\\r?$)`));
});

rig.test('the name server can go', () => names.close());

rig.run();
