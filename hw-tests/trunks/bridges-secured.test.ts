import * as assert from 'uvu/assert';
import { Baresip } from '../rig/baresip.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const [PBX, CARRIER, SECURED] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const ports = { carrier: await freePort(CARRIER), secured: await freePort(SECURED) };

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      trunks: [
        { name: 'pbx', sources: [PBX], media: 'prefer-srtp', refer: 'accept' },
        { name: 'strict', sources: [SECURED], media: 'srtp' },
        { name: 'carrier', targets: [`sip:${CARRIER}:${ports.carrier}`], optionsSeconds: 0 },
      ],
      numbers: [
        { prefix: '+44', to: { forward: ['trunk:carrier'] } },
        { prefix: '+49', to: { forward: [`sip:baresip@${SECURED}:${ports.secured};media=srtp;transport=udp`] } },
      ],
    },
  },
});

const at = (number: string) => `sip:${number}@${rig.box.sipAddress.host}:${rig.box.sipAddress.port}`;
const phone = (frequencyHz: number, host: string, port?: number) =>
  SteeredPhone.listening(rig, { frequencyHz, host, ...(port !== undefined && { port }) });
const secured = async (frequencyHz: number, host: string, port?: number) =>
  rig.keep(await Baresip.start({ frequencyHz, host, secured: true, ...(port !== undefined && { port }) }));

/** Until each leg of the only call has received that many packets. */
const talked = (packets = 200) =>
  until(
    `${packets} packets of each side`,
    async () => {
      const legs = (await rig.box.calls()).flatMap(({ media }) => media);
      return legs.length === 2 && legs.every(leg => (leg?.received.packets ?? 0) > packets);
    },
    { limitMs: 15_000, state: () => rig.box.calls() },
  );

/** What each far end's description says of its security, as the box tells in its trace. */
async function profiles(): Promise<string[]> {
  const { id = '' } = (await rig.box.calls())[0] ?? {};
  const { text } = await rig.box.asOperator('GET', `/device/calls/${id}/trace`);
  assert.not.match(text, /inline:[^*|]/, 'no key is told');
  return [...text.matchAll(/^m=audio \d+ (\S+)/gm)].map(([, profile = '']) => profile);
}

const ended = (one: Baresip) => until('the end of the recording', () => one.output().includes('terminated'));

rig.test('a plain PBX and a carrier that wants SRTP hear each other', async () => {
  const called = await secured(1100, SECURED, ports.secured);
  const caller = await SteeredPhone.calling(rig, rig.box, '+493012345', { frequencyHz: 500, host: PBX });
  await caller.next('ANSWERED');
  hearsExactly(await caller.media.listen(3), [1100], 500);
  assert.equal(await profiles(), ['RTP/AVP', 'RTP/SAVP', 'RTP/SAVP', 'RTP/AVP']);
  await caller.leave();
  await ended(called);
  hearsExactly(called.heard(), [500], 1100);
  await rig.box.idle();
});

rig.test('a PBX with SRTP and a plain carrier hear each other', async () => {
  const called = await phone(1100, CARRIER, ports.carrier);
  const caller = await secured(500, PBX);
  await caller.dial(at('+442071234567'));
  await called.invited();
  await called.answer();
  hearsExactly(await called.media.listen(3), [500], 1100);
  assert.equal(await profiles(), ['RTP/SAVP', 'RTP/AVP', 'RTP/AVP', 'RTP/SAVP']);
  await called.leave();
  await ended(caller);
  hearsExactly(caller.heard(), [1100], 500);
  await rig.box.idle();
});

rig.test('both sides secured have keys of their own', async () => {
  const called = await secured(1100, SECURED, ports.secured);
  const caller = await secured(500, PBX);
  await caller.dial(at('+493012345'));
  await talked();
  assert.equal(await profiles(), ['RTP/SAVP', 'RTP/SAVP', 'RTP/SAVP', 'RTP/SAVP']);
  await caller.hangUp();
  await Promise.all([ended(caller), ended(called)]);
  hearsExactly(caller.heard(), [1100], 500);
  hearsExactly(called.heard(), [500], 1100);
  await rig.box.idle();
});

rig.test('a trunk of SRTP alone takes no plain call, and nobody rings for it', async () => {
  const called = await phone(1100, CARRIER, ports.carrier);
  const caller = await SteeredPhone.calling(rig, rig.box, '+442071234567', { frequencyHz: 500, host: SECURED });
  await caller.next('REFUSED');
  assert.match(caller.response('INVITE'), /^SIP\/2\.0 488 /);
  assert.match(caller.response('INVITE'), /^Warning: .*SRTP is required/m);
  assert.equal(called.sip.requests('INVITE'), []);
  await rig.box.idle();
});

rig.test('a secured target that answers without keys is hung up on, and the caller is told', async () => {
  const called = await phone(1100, SECURED, ports.secured);
  const caller = await SteeredPhone.calling(rig, rig.box, '+493012345', { frequencyHz: 500, host: PBX });
  await called.invited();
  await called.answer();
  await called.next('ENDED');
  await caller.next('REFUSED');
  assert.match(caller.response('INVITE'), /^SIP\/2\.0 502 /);
  await rig.box.idle();
});

rig.test('a phone that holds its secured call and takes it back is heard again', async () => {
  const called = await phone(1100, CARRIER, ports.carrier);
  const caller = await secured(500, PBX);
  await caller.dial(at('+442071234567'));
  await called.invited();
  await called.answer();
  await talked(50);
  await caller.hold();
  await called.next('CHANGE');
  await until('hold', async () => (await rig.box.calls())[0]?.state === 'ON_HOLD');
  await caller.resume();
  await called.next('CHANGE');
  await until('the call to go on', async () => (await rig.box.calls())[0]?.state === 'ACTIVE');
  hearsExactly(await called.media.listen(2), [500], 1100);
  await caller.hangUp();
  await called.next('ENDED');
  await rig.box.idle();
});

rig.test('a phone transfers its secured call: the new one and the one who stays hear each other', async () => {
  const called = await phone(1100, CARRIER, ports.carrier);
  const caller = await secured(500, PBX);
  await caller.dial(at('+442071234567'));
  await called.invited();
  await called.answer();
  await talked(50);
  const comes = await secured(800, SECURED, ports.secured);
  await caller.transfer(at('+493012345'));
  await ended(caller);
  await talked();
  hearsExactly(await called.media.listen(2), [800], 1100);
  await called.leave();
  await ended(comes);
  hearsExactly(comes.heard(), [1100], 800);
  await rig.box.idle();
});

rig.run();
