import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { Rig } from '../rig/rig.ts';
import { type SteeredOptions, SteeredPhone } from '../rig/steered-phone.ts';

const [PBX, CARRIER, QUIET, RINGING] = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const ports = {
  pbx: await freePort(PBX),
  carrier: await freePort(CARRIER),
  backup: await freePort(CARRIER),
  quiet: await freePort(QUIET),
  ringing: await freePort(RINGING),
};

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      trunks: [
        {
          name: 'pbx',
          targets: [`sip:${PBX}:${ports.pbx}`],
          sources: [PBX],
          optionsSeconds: 0,
          identity: { trustIncoming: true },
        },
        {
          name: 'carrier',
          targets: [`sip:${CARRIER}:${ports.carrier}`],
          sources: [CARRIER],
          optionsSeconds: 0,
          identity: { asserted: 'pai', trustIncoming: true },
          numbers: { in: { country: '44' }, out: 'e164' },
        },
        { name: 'quiet', targets: [`sip:${QUIET}:${ports.quiet}`], optionsSeconds: 0, earlyMedia: 'ignore' },
        { name: 'ringing', targets: [`sip:${RINGING}:${ports.ringing}`], optionsSeconds: 0, earlyMedia: 'ringback' },
      ],
      numbers: [
        { number: '+442070000001', to: { forward: ['trunk:quiet'] } },
        { number: '+442070000002', to: { forward: ['trunk:ringing'] } },
        { prefix: '+44207', trunk: 'pbx', to: { forward: ['trunk:carrier', `sip:${CARRIER}:${ports.backup}`] } },
        { prefix: '+', trunk: 'pbx', to: { forward: ['trunk:carrier'] } },
        { prefix: '+4930', trunk: 'carrier', to: { forward: ['trunk:pbx'] } },
      ],
    },
  },
});

const listening = (port: number, host = CARRIER, options: Partial<SteeredOptions> = {}) =>
  SteeredPhone.listening(rig, { frequencyHz: 1100, host, port, ...options });
const calling = (number: string, host = PBX, options: Partial<SteeredOptions> = {}) =>
  SteeredPhone.calling(rig, rig.box, number, { frequencyHz: 500, host, ...options });

async function bothHear(one: SteeredPhone, other: SteeredPhone): Promise<void> {
  const [atOne, atOther] = await Promise.all([one.media.listen(1), other.media.listen(1)]);
  hearsExactly(atOne, [other.media.frequencyHz], one.media.frequencyHz);
  hearsExactly(atOther, [one.media.frequencyHz], other.media.frequencyHz);
}

rig.test('who calls, and what its application and its carrier say, arrives as it was sent', async () => {
  const identity = `${'eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0In0.'.repeat(5)}sig;info=<https://x.example/c.cer>;alg=ES256;ppt=shaken`;
  const date = 'Thu, 26 Nov 2026 11:00:00 GMT';
  const called = await listening(ports.carrier);
  const caller = await calling('+442071234567', PBX, {
    from: `"Alice" <sip:+493012345@${PBX}>`,
    lines: [
      `Identity: ${identity}`,
      `Date: ${date}`,
      'X-Case: 42, a "quoted" one',
      'User-to-User: 56a390f3d2b7310023a2;encoding=hex',
      `P-Asserted-Identity: "Alice" <sip:+493012345@${PBX}>`,
      'X-OpenTok-SessionId: not-yours-to-say',
    ],
  });
  const invite = await called.invited();
  for (const line of [
    `Identity: ${identity}`,
    `Date: ${date}`,
    'X-Case: 42, a "quoted" one',
    'User-to-User: 56a390f3d2b7310023a2;encoding=hex',
  ])
    assert.ok(invite.includes(`${line}\r\n`) || invite.includes(`${line}\n`), `${line} in ${invite}`);
  assert.match(invite, /^P-Asserted-Identity: .*<sip:\+493012345@/m);
  assert.match(invite, /^From: "?Alice"? <sip:\+493012345@/m);
  assert.not.match(invite, 'not-yours-to-say');
  await called.answer({}, 'X-Agent: 7');
  await caller.next('ANSWERED');
  assert.match(caller.response('INVITE'), /^X-Agent: 7/m);
  await caller.leave();
  await called.next('ENDED');
  await rig.box.idle();
});

rig.test('a carrier’s call for a number of the PBX goes there, in the E.164 form that the number has', async () => {
  const called = await listening(ports.pbx, PBX);
  const caller = await calling('004930123456', CARRIER);
  assert.match(await called.invited(), /^INVITE sip:\+4930123456@/);
  await called.answer();
  await caller.next('ANSWERED');
  await bothHear(caller, called);
  await called.leave();
  await caller.next('ENDED');
  await rig.box.idle();
});

rig.test('any E.164 number that no prefix names has its route', async () => {
  const called = await listening(ports.carrier);
  const caller = await calling('+33123456789');
  assert.match(await called.invited(), /^INVITE sip:\+33123456789@/);
  called.refuse('Reason: Q.850;cause=17;text="User busy"');
  await caller.next('REFUSED');
  const answer = caller.response('INVITE');
  assert.match(answer, /^SIP\/2\.0 486 Busy Here/);
  assert.match(answer, /^Reason: Q\.850;cause=17;text="User busy"/m);
  await rig.box.idle();
});

rig.test('the exact number goes before the prefix', async () => {
  const called = await listening(ports.quiet, QUIET);
  const caller = await calling('+442070000001');
  await called.invited();
  called.ring();
  await caller.next('PROGRESS 180');
  caller.giveUp();
  await called.next('CANCELLED');
  await caller.next('REFUSED');
  await rig.box.idle();
});

for (const [refusal, next] of [
  ['503 Service Unavailable', true],
  ['500 Server Internal Error', true],
  ['404 Not Found', false],
  ['603 Decline', false],
] as const) {
  rig.test(`after ${refusal} ${next ? 'the next target is called' : 'nobody else is called'}`, async () => {
    const first = await listening(ports.carrier, CARRIER, { refusal });
    const second = await listening(ports.backup);
    const caller = await calling('+442071234567');
    await first.invited();
    first.refuse();
    if (next) {
      await second.invited();
      await second.answer();
      await caller.next('ANSWERED');
      await caller.leave();
      await second.next('ENDED');
    } else {
      await caller.next('REFUSED');
      assert.match(caller.response('INVITE'), `SIP/2.0 ${refusal}`);
      assert.is(second.sip.requests('INVITE').length, 0);
    }
    await rig.box.idle();
  });
}

rig.test('what the far end plays before it answers is heard, and it is heard once it has', async () => {
  const called = await listening(ports.carrier);
  const caller = await calling('+442071234567');
  await called.invited();
  called.progress();
  await caller.next('PROGRESS 183');
  hearsExactly(await caller.media.listen(1), [1100], 500);
  await called.answer();
  await caller.next('ANSWERED');
  await bothHear(caller, called);
  await caller.leave();
  await called.next('ENDED');
  await rig.box.idle();
});

rig.test('a trunk whose early media is ignored rings, and nothing is heard before the answer', async () => {
  const called = await listening(ports.quiet, QUIET);
  const caller = await calling('+442070000001');
  await called.invited();
  called.progress();
  await caller.next('PROGRESS 180');
  assert.is(caller.media.received, 0);
  await called.answer();
  await caller.next('ANSWERED');
  await bothHear(caller, called);
  await caller.leave();
  await called.next('ENDED');
  await rig.box.idle();
});

rig.test('a trunk with a tone of ours rings at the caller’s ear, a second in five, until the answer', async () => {
  const called = await listening(ports.ringing, RINGING);
  const caller = await calling('+442070000002');
  await called.invited();
  called.ring();
  await caller.next('PROGRESS 183');
  const heard = await caller.media.listen(5);
  // A second of the tone may fall into two of those that are judged, at half its power each.
  assert.ok(heard.atMost(425) > -27, `the tone is at ${heard.atMost(425)} dBov at its loudest`);
  assert.ok(heard.atLeast(425) < -60, `the pause is at ${heard.atLeast(425)} dBov`);
  await called.answer();
  await caller.next('ANSWERED');
  await bothHear(caller, called);
  await caller.leave();
  await called.next('ENDED');
  await rig.box.idle();
});

rig.test('a caller who gives up takes the call back, and its reason goes with it', async () => {
  const called = await listening(ports.carrier);
  const caller = await calling('+442071234567');
  await called.invited();
  called.ring();
  await caller.next('PROGRESS 180');
  caller.giveUp('Reason: SIP;cause=200;text="Call completed elsewhere"');
  await called.next('CANCELLED');
  await caller.next('REFUSED');
  assert.match(caller.response('INVITE'), /^SIP\/2\.0 487 /);
  assert.match(called.sip.requests('CANCEL')[0] ?? '', 'Reason: SIP;cause=200;text="Call completed elsewhere"');
  await rig.box.idle();
});

for (const law of ['PCMA', 'PCMU'] as const) {
  const how = law === 'PCMU' ? 'the same law crosses as it is' : 'µ-law alone and A-law alone are transcoded';
  rig.test(`${how}, and both hear each other`, async () => {
    const called = await listening(ports.carrier, CARRIER, { law });
    const caller = await calling('+442071234567');
    await called.invited();
    await called.answer();
    await caller.next('ANSWERED');
    await bothHear(caller, called);
    // Packets that are passed on stop with the one who sends them; a mix goes on with silence.
    caller.media.hush();
    const before = called.media.received;
    await sleep(500);
    const sent = called.media.received - before;
    assert.ok(law === 'PCMU' ? sent <= 3 : sent >= 15, `${sent} packets to the called one`);
    await caller.leave();
    await called.next('ENDED');
    await rig.box.idle();
  });
}

rig.run();
