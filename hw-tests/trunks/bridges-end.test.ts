import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { heldBy } from '../rig/held.ts';
import { Rig } from '../rig/rig.ts';
import { type SteeredOptions, SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const [PBX, CARRIER] = ['127.0.0.2', '127.0.0.3'];
const ports = [await freePort(CARRIER), await freePort(CARRIER), await freePort(CARRIER)] as const;

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      limits: { firstRtpSeconds: 3, inactivitySeconds: 3 },
      trunks: [
        { name: 'pbx', sources: [PBX], refer: 'accept', replaces: 'accept' },
        {
          name: 'carrier',
          targets: ports.map(port => `sip:${CARRIER}:${port}`),
          sources: [CARRIER],
          optionsSeconds: 0,
          refer: 'accept',
        },
      ],
      numbers: ports.map((port, index) => ({
        number: `+44207000000${index}`,
        to: { forward: [`sip:${CARRIER}:${port}`] },
      })),
    },
  },
});

const listening = (index: 0 | 1 | 2, frequencyHz = 1100, options: Partial<SteeredOptions> = {}) =>
  SteeredPhone.listening(rig, { frequencyHz, host: CARRIER, port: ports[index], ...options });

/** A call from the PBX to one of the carrier's phones, answered. */
async function inCall(index: 0 | 1 | 2 = 0, tones: readonly [number, number] = [500, 1100]) {
  const called = await listening(index, tones[1]);
  const caller = await SteeredPhone.calling(rig, rig.box, `+44207000000${index}`, {
    frequencyHz: tones[0],
    host: PBX,
  });
  await called.invited();
  await called.answer();
  await caller.next('ANSWERED');
  return { caller, called };
}

async function bothHear(one: SteeredPhone, other: SteeredPhone): Promise<void> {
  const [atOne, atOther] = await Promise.all([one.media.listen(1), other.media.listen(1)]);
  hearsExactly(atOne, [other.media.frequencyHz], one.media.frequencyHz);
  hearsExactly(atOther, [one.media.frequencyHz], other.media.frequencyHz);
}

/** No call, no leg, no port. */
async function nothingLeft(): Promise<void> {
  await rig.box.idle();
  await until('ports and stored calls to be given back', () => isClean(), { state: () => heldBy(rig.own) });
}

function isClean(): boolean {
  const { workerPorts, liveCalls } = heldBy(rig.own);
  return workerPorts === 0 && liveCalls === 0;
}

rig.test('whose media stops on both sides loses the call on both, and it is said why', async () => {
  const { caller, called } = await inCall();
  await bothHear(caller, called);
  caller.media.hush();
  called.media.hush();
  await Promise.all([caller.next('ENDED', 15_000), called.next('ENDED', 15_000)]);
  for (const { sip } of [caller, called]) assert.match(sip.requests('BYE')[0] ?? '', /^Reason: /m);
  await nothingLeft();
});

rig.test('a call goes on while one of both is heard', async () => {
  const { caller, called } = await inCall();
  called.media.hush();
  // More than inactivitySeconds of the one who still speaks.
  hearsExactly(await called.media.listen(5), [500], 1100);
  await caller.leave();
  await called.next('ENDED');
  await nothingLeft();
});

rig.test('a far end that is gone does not keep the other one', async () => {
  // Of a number of its own: the box repeats its BYE for half a minute, and whoever came to that port would get it.
  const { caller, called } = await inCall(2);
  await called.close();
  await caller.leave();
  await nothingLeft();
});

rig.test('a media worker that dies ends the call on both sides, and the next call is well', async () => {
  const { caller, called } = await inCall();
  rig.own.killWorker();
  await Promise.all([caller.next('ENDED'), called.next('ENDED')]);
  for (const { sip } of [caller, called]) assert.match(sip.requests('BYE')[0] ?? '', /^Reason: .*cause=41/m);
  await Promise.all([caller.close(), called.close()]);
  await until('a new worker', async () => (await rig.box.health()) === 200);
  const again = await inCall();
  await bothHear(again.caller, again.called);
  await again.called.leave();
  await again.caller.next('ENDED');
  await nothingLeft();
});

rig.test('the called one transfers the caller to somebody else, whom it hears from then on', async () => {
  const { caller, called } = await inCall();
  const comes = await listening(1, 800);
  await called.refer(`sip:+442070000001@${rig.box.sipAddress.host}`);
  assert.match(await comes.invited(), /^INVITE sip:\+442070000001@/);
  comes.ring();
  await called.next('NOTIFIED SIP/2.0 180');
  await comes.answer();
  await called.next('NOTIFIED SIP/2.0 200');
  await called.next('ENDED');
  await bothHear(caller, comes);
  await comes.leave();
  await caller.next('ENDED');
  await nothingLeft();
});

rig.test('a caller who hangs up while it is being transferred takes everybody with it', async () => {
  const { caller, called } = await inCall();
  const rings = await listening(1, 800);
  await called.refer(`sip:+442070000001@${rig.box.sipAddress.host}`);
  await rings.invited();
  rings.ring();
  await called.next('NOTIFIED SIP/2.0 180');
  await caller.leave();
  await Promise.all([rings.next('CANCELLED'), called.next('ENDED')]);
  await nothingLeft();
});

rig.test('a transfer to somebody who is busy is told, and the call goes on', async () => {
  const { caller, called } = await inCall();
  const busy = await listening(1, 800);
  await called.refer(`sip:+442070000001@${rig.box.sipAddress.host}`);
  await busy.invited();
  busy.refuse();
  await called.next('NOTIFIED SIP/2.0 486');
  await bothHear(caller, called);
  await caller.leave();
  await called.next('ENDED');
  await nothingLeft();
});

rig.test('an attended transfer joins the far ends of two calls of the PBX', async () => {
  const one = await inCall(0, [500, 1100]);
  const two = await inCall(1, [600, 900]);
  const answer = two.caller.response('INVITE');
  const tag = (header: string) => new RegExp(`^${header}: .*;tag=([^;\\s]+)`, 'm').exec(answer)?.[1];
  const replaces = encodeURIComponent(`${two.caller.callId};to-tag=${tag('To')};from-tag=${tag('From')}`);
  await one.caller.refer(`sip:+442070000001@${rig.box.sipAddress.host}?Replaces=${replaces}`);
  await one.caller.next('NOTIFIED SIP/2.0 200');
  await Promise.all([one.caller.next('ENDED'), two.caller.next('ENDED')]);
  await bothHear(one.called, two.called);
  assert.is((await rig.box.calls()).length, 1);
  await two.called.leave();
  await one.called.next('ENDED');
  await nothingLeft();
});

rig.test('a call with Replaces takes the place of the one that it names', async () => {
  const { caller, called } = await inCall();
  const answer = caller.response('INVITE');
  const tag = (header: string) => new RegExp(`^${header}: .*;tag=([^;\\s]+)`, 'm').exec(answer)?.[1];
  const comes = await SteeredPhone.calling(rig, rig.box, '+442070000000', {
    frequencyHz: 800,
    host: PBX,
    lines: [`Replaces: ${caller.callId};to-tag=${tag('To')};from-tag=${tag('From')}`],
  });
  await comes.next('ANSWERED');
  await caller.next('ENDED');
  await bothHear(comes, called);
  await called.leave();
  await comes.next('ENDED');
  await nothingLeft();
});

rig.run();
