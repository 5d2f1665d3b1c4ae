import * as assert from 'uvu/assert';
import { AlteringRelay } from '../rig/altering-relay.ts';
import { Baresip } from '../rig/baresip.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';
import { DocumentedLinphone } from '../trunk-docs/documented-linphone.ts';

const [PBX, CARRIER, SECURED, BETWEEN] = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const ports = {
  sip: await freePort(),
  carrier: await freePort(CARRIER),
  secured: await freePort(SECURED),
  between: await freePort(BETWEEN),
};
const BOX = `127.0.0.1:${ports.sip}`;
const dtlsTarget = (host: string, port: number) => `sip:baresip@${host}:${port};media=dtls-srtp;transport=udp`;

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      sip: { listeners: ['udp', 'tcp'].map(transport => ({ transport, host: '127.0.0.1', port: ports.sip })) },
      trunks: [
        { name: 'pbx', sources: [PBX], media: 'prefer-srtp' },
        { name: 'waits', sources: [SECURED], media: 'srtp', dtlsSetup: 'passive' },
        { name: 'carrier', targets: [`sip:${CARRIER}:${ports.carrier}`], optionsSeconds: 0 },
        {
          name: 'desk-102',
          targets: ['registered'],
          login: { username: '102', password: 'change-me-102' },
          registrations: true,
          codecs: ['PCMU', 'PCMA'],
          media: 'dtls-srtp',
        },
      ],
      numbers: [
        { number: '600', to: { builtin: 'echo' } },
        { prefix: '+44', to: { forward: ['trunk:carrier'] } },
        { prefix: '+49', to: { forward: [dtlsTarget(SECURED, ports.secured)] } },
        { prefix: '+33', to: { forward: [dtlsTarget(BETWEEN, ports.between)] } },
      ],
    },
  },
});

const baresip = async (frequencyHz: number, host: string, port?: number) =>
  rig.keep(await Baresip.start({ frequencyHz, host, secured: 'dtls', ...(port !== undefined && { port }) }));
const ended = (one: Baresip) => until('the end of the recording', () => one.output().includes('terminated'));

/** What the descriptions of the only call say, as the box tells in its trace. */
async function said(pattern: RegExp): Promise<string[]> {
  const { id = '' } = (await rig.box.calls())[0] ?? {};
  const { text } = await rig.box.asOperator('GET', `/device/calls/${id}/trace`);
  return [...text.matchAll(pattern)].map(([, value = '']) => value);
}
const profiles = () => said(/^m=audio \d+ (\S+)/gm);
const setups = () => said(/^a=setup:(\S+)/gm);

/** Until each leg of the only call has received four seconds, and a report. */
const talked = () =>
  until(
    'four seconds of a call',
    async () => {
      const legs = (await rig.box.calls()).flatMap(({ media }) => media);
      return legs.length > 0 && legs.every(leg => (leg?.received.packets ?? 0) > 200);
    },
    { limitMs: 15_000, state: () => rig.box.calls() },
  );

rig.test('we offer DTLS, baresip begins, and both sides of the bridge hear each other', async () => {
  const called = await baresip(1100, SECURED, ports.secured);
  const caller = await SteeredPhone.calling(rig, rig.box, '+493012345', { frequencyHz: 500, host: PBX });
  await caller.next('ANSWERED');
  hearsExactly(await caller.media.listen(3), [1100], 500);
  assert.equal(await profiles(), ['RTP/AVP', 'UDP/TLS/RTP/SAVP', 'UDP/TLS/RTP/SAVP', 'RTP/AVP']);
  assert.equal(await setups(), ['actpass', 'active']);
  // baresip 1.0 multiplexes nothing: its RTCP has an association of its own.
  await until('a report', async () => ((await rig.box.calls())[0]?.media[1]?.rtcp.received ?? 0) > 0, {
    limitMs: 15_000,
  });
  assert.is((await rig.box.calls())[0]?.media[1]?.dtls?.state, 'secured');
  await caller.leave();
  await ended(called);
  hearsExactly(called.heard(), [500], 1100);
  await rig.box.idle();
});

for (const [host, answers] of [
  [PBX, 'active'],
  [SECURED, 'passive'],
] as const)
  rig.test(
    `baresip calls with DTLS, gets our answer as ${answers}, is heard and hears, also after a hold`,
    async () => {
      const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, host: CARRIER, port: ports.carrier });
      const caller = await baresip(500, host);
      await caller.dial(`sip:+442071234567@${BOX}`);
      await called.invited();
      await called.answer();
      hearsExactly(await called.media.listen(2), [500], 1100);
      assert.equal(await setups(), ['actpass', answers]);
      await caller.hold();
      await called.next('CHANGE');
      await until('hold', async () => (await rig.box.calls())[0]?.state === 'ON_HOLD');
      await caller.resume();
      await called.next('CHANGE');
      await until('the call to go on', async () => (await rig.box.calls())[0]?.state === 'ACTIVE');
      hearsExactly(await called.media.listen(2), [500], 1100);
      assert.is((await setups()).at(-1), answers, 'roles stay');
      await called.leave();
      await ended(caller);
      hearsExactly(caller.heard(), [1100], 500);
      await rig.box.idle();
    },
  );

const LINPHONE = `[sip]
default_proxy=0
media_encryption=dtls

[proxy_0]
reg_proxy=<sip:${BOX};transport=udp>
reg_identity=sip:102@${BOX}
reg_expires=300
reg_sendregister=1

[auth_info_0]
username=102
passwd=change-me-102
`;

rig.test('Linphone calls with DTLS and hears itself', async () => {
  const phone = rig.keep(await DocumentedLinphone.start(LINPHONE, 500));
  phone.dial(`sip:600@${BOX}`);
  await talked();
  assert.match((await profiles()).join(' '), /^UDP\/TLS\/RTP\/SAVPF? UDP\/TLS/);
  phone.hangUp();
  hearsExactly(await phone.heard(), [500], 1100);
  await rig.box.idle();
});

rig.test('Linphone is called with DTLS, hears and is heard', async () => {
  const { application } = rig.box;
  const phone = rig.keep(await DocumentedLinphone.start(LINPHONE, 500));
  const other = await startPhone(rig, { frequencyHz: 1100 });
  const session = await application.createSession();
  const calls = [await application.dial(session, 'sip:102@desk-102'), await application.dial(session, other.uri)];
  for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
  hearsExactly(await other.media.listen(3), [500], 1100);
  for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  const heard = await phone.heard();
  // Linphone's file has breaks while the machine is busy, so the rest is not looked at: who is heard counts.
  assert.ok(heard.atLeast(1100) >= -20);
  hearsNothingOf(heard, 500);
  await rig.box.idle();
});

rig.test(
  'a far end whose certificate is another one than its SDP says ends the call, in words, and is never heard',
  async () => {
    const called = await baresip(1100, SECURED, ports.secured);
    const between = { host: BETWEEN, port: ports.between };
    const turned = (message: string) =>
      message.replace(
        /(a=fingerprint:\S+ )(..)/g,
        (_, name: string, byte: string) => name + (byte === 'AA' ? 'BB' : 'AA'),
      );
    rig.keep(await AlteringRelay.open(between, { host: SECURED, port: ports.secured }, turned));
    const listener = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
    const caller = await SteeredPhone.calling(rig, rig.box, '+33123456789', { frequencyHz: 500, host: PBX });
    await caller.next('ENDED');
    const bye = await until('the BYE', () => caller.sip.requests('BYE')[0]);
    assert.match(bye ?? '', /^Reason: .*Media Not Secured/m);
    const { payload } = await listener.find(
      'the end',
      each => each.topic.endsWith('/event') && 'reason' in each.payload,
    );
    const { code, detail, endedBy } = payload.reason as { code: string; detail: string; endedBy: string };
    assert.equal([code, endedBy], ['707', 'box']);
    assert.match(detail, /certificate is not the one whose a=fingerprint its SDP carried/);
    await until('the end of its call', () => called.output().includes('session closed'));
    await rig.box.idle();
  },
);

rig.run();
