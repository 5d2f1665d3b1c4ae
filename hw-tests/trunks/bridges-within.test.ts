import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly, hearsSilence } from '../rig/hearing.ts';
import { Rig } from '../rig/rig.ts';
import { type SdpChange, type SteeredOptions, SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const [PBX, CARRIER] = ['127.0.0.2', '127.0.0.3'];
const [pbxPort, carrierPort] = [await freePort(PBX), await freePort(CARRIER)];

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      trunks: [
        { name: 'pbx', targets: [`sip:${PBX}:${pbxPort}`], sources: [PBX], optionsSeconds: 0 },
        { name: 'carrier', targets: [`sip:${CARRIER}:${carrierPort}`], sources: [CARRIER], optionsSeconds: 0 },
      ],
      numbers: [
        { prefix: '+44', trunk: 'pbx', to: { forward: ['trunk:carrier'] } },
        { prefix: '+49', trunk: 'carrier', to: { forward: ['trunk:pbx'] } },
      ],
    },
  },
});

/** A call that was answered, each phone hearing the other one. */
async function inCall(
  run: (one: SteeredPhone, other: SteeredPhone) => Promise<void>,
  options: Partial<SteeredOptions> = {},
): Promise<void> {
  const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, host: CARRIER, port: carrierPort, ...options });
  const caller = await SteeredPhone.calling(rig, rig.box, '+442071234567', { frequencyHz: 500, host: PBX });
  await called.invited();
  await called.answer();
  await caller.next('ANSWERED');
  await run(caller, called);
  await rig.box.idle();
}

async function bothHear(one: SteeredPhone, other: SteeredPhone): Promise<void> {
  const [atOne, atOther] = await Promise.all([one.media.listen(1), other.media.listen(1)]);
  hearsExactly(atOne, [other.media.frequencyHz], one.media.frequencyHz);
  hearsExactly(atOther, [one.media.frequencyHz], other.media.frequencyHz);
}

const holds: readonly (readonly [name: string, hold: SdpChange, answered: RegExp])[] = [
  ['sendonly', { direction: 'sendonly' }, /^a=recvonly/m],
  ['inactive', { direction: 'inactive' }, /^a=inactive/m],
  ['c=0.0.0.0', { address: '0.0.0.0' }, /^m=audio [1-9]/m],
  ['port 0', { port: 0 }, /^m=audio 0 /m],
];

for (const [name, hold, answered] of holds) {
  for (const holder of ['caller', 'called one'] as const) {
    rig.test(`the ${holder} holds by ${name}, nothing is sent to it, and it comes back at a new address`, () =>
      inCall(async (caller, called) => {
        const [one, other] = holder === 'caller' ? [caller, called] : [called, caller];
        assert.match(await one.offer(hold), answered);
        await other.next('CHANGE');
        assert.match(other.sip.requests('INVITE').at(-1) ?? '', /^a=(sendonly|inactive)/m);
        assert.equal(
          (await rig.box.calls()).map(({ state }) => state),
          ['ON_HOLD'],
        );
        const before = one.media.received;
        // Silence has no event to wait for.
        await sleep(400);
        assert.ok(one.media.received <= before + 2, `${one.media.received - before} packets while on hold`);
        await one.moveMedia();
        assert.match(await one.offer({}), /^a=sendrecv/m);
        await other.next('CHANGE');
        assert.match(other.sip.requests('INVITE').at(-1) ?? '', /^a=sendrecv/m);
        one.speaksTo(one.response('INVITE'));
        await bothHear(one, other);
        assert.equal(
          (await rig.box.calls()).map(({ state }) => state),
          ['ACTIVE'],
        );
        await one.leave();
        await other.next('ENDED');
      }),
    );
  }
}

rig.test('a hold that the other side refuses holds all the same, and the call goes on', () =>
  inCall(async (caller, called) => {
    called.follows = false;
    const holding = caller.offer({ direction: 'sendonly' });
    await called.next('CHANGE');
    called.decline();
    assert.match(await holding, /^SIP\/2\.0 200/);
    called.follows = true;
    assert.match(await caller.offer({}), /^SIP\/2\.0 200/);
    await bothHear(caller, called);
    await caller.leave();
    await called.next('ENDED');
  }),
);

rig.test('another address of one side is no business of the other one', () =>
  inCall(async (caller, called) => {
    await called.moveMedia();
    assert.match(await called.offer({}), /^SIP\/2\.0 200/);
    called.speaksTo(called.response('INVITE'));
    await bothHear(caller, called);
    assert.is(caller.followed, 0);
    await called.leave();
    await caller.next('ENDED');
  }),
);

rig.test('the operator holds both far ends, who hear nothing, and takes them back', () =>
  inCall(async (caller, called) => {
    const { id = '' } = (await rig.box.calls())[0] ?? {};
    assert.is(await rig.box.operate('POST', `/device/calls/${id}/hold`), 204);
    for (const phone of [caller, called]) {
      await phone.next('CHANGE');
      assert.match(phone.sip.requests('INVITE').at(-1) ?? '', /^a=sendonly/m);
    }
    const silences = await Promise.all([caller, called].map(({ media }) => media.listen(1)));
    for (const silence of silences) hearsSilence(silence);
    assert.is((await rig.box.calls())[0]?.state, 'ON_HOLD');
    assert.is(await rig.box.operate('POST', `/device/calls/${id}/resume`), 204);
    await bothHear(caller, called);
    assert.is((await rig.box.calls())[0]?.state, 'ACTIVE');
    await caller.leave();
    await called.next('ENDED');
  }),
);

for (const [status, words] of [
  [488, 'Not Acceptable Here'],
  [491, 'Request Pending'],
] as const) {
  rig.test(`a far end that answers the operator's hold with ${status} stays in the call, and neither is on hold`, () =>
    inCall(
      async (caller, called) => {
        const { id = '' } = (await rig.box.calls())[0] ?? {};
        called.follows = false;
        const answer = rig.box.operate('POST', `/device/calls/${id}/hold`);
        await called.next('CHANGE');
        called.decline();
        if (status === 491) {
          // RFC 3261 §14.1: it is tried again a moment later.
          await called.next('CHANGE');
          called.reply({ direction: 'recvonly' });
          assert.is(await answer, 204);
          called.follows = true;
          assert.is(await rig.box.operate('POST', `/device/calls/${id}/resume`), 204);
        } else assert.is(await answer, 409);
        await bothHear(caller, called);
        assert.is((await rig.box.calls())[0]?.state, 'ACTIVE');
        await caller.leave();
        await called.next('ENDED');
      },
      { decline: `${status} ${words}` },
    ),
  );
}

rig.test('digits cross both ways, as events and by INFO, each once', () =>
  inCall(async (caller, called) => {
    called.media.press('15#');
    await until('the digits of the called one', () => caller.media.digits() === '15#', {
      state: () => caller.media.digits(),
    });
    caller.info('7');
    await until('the digit of an INFO', () => called.media.digits() === '7', { state: () => called.media.digits() });
    await caller.leave();
    await called.next('ENDED');
  }),
);

rig.test("the reason of a caller's BYE is the reason of the called one's", () =>
  inCall(async (caller, called) => {
    await caller.leave('Reason: Q.850;cause=31;text="Normal, unspecified"');
    await called.next('ENDED');
    assert.match(called.sip.requests('BYE')[0] ?? '', 'Reason: Q.850;cause=31;text="Normal, unspecified"');
  }),
);

rig.test('and the other way round', () =>
  inCall(async (caller, called) => {
    await called.leave('Reason: SIP;cause=200;text="Call completed elsewhere"');
    await caller.next('ENDED');
    assert.match(caller.sip.requests('BYE')[0] ?? '', 'Reason: SIP;cause=200;text="Call completed elsewhere"');
  }),
);

rig.run();
