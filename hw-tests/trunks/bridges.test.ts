import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const [live, backup, dead, silent] = [await freePort(), await freePort(), await freePort(), await freePort()];

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      trunks: [
        {
          name: 'carrier',
          targets: [`sip:127.0.0.1:${live}`],
          sources: ['127.0.0.1'],
          optionsSeconds: 0,
          numbers: { in: { country: '44' }, out: 'plain' },
          limits: { calls: 20, callsPerSecond: 50 },
        },
        {
          name: 'pbx',
          targets: [
            `sip:127.0.0.1:${silent};timeout=2000`,
            `sip:127.0.0.1:${dead};transport=tcp`,
            `sip:127.0.0.1:${backup}`,
          ],
          optionsSeconds: 0,
        },
      ],
      numbers: [
        { prefix: '+44', to: { forward: ['trunk:carrier'] } },
        { number: '999', to: { forward: ['trunk:carrier'] } },
        { number: '200', to: { forward: ['trunk:pbx'] } },
        { number: '300', to: { reject: 603 } },
        { number: '400', to: { room: 'lobby' } },
        { number: '500', to: { builtin: 'tone' } },
      ],
      policy: { denyPrefixes: ['+44900'] },
    },
  },
});

const callee = (frequencyHz: number, options: Partial<Parameters<typeof startPhone>[1]> = {}) =>
  startPhone(rig, { frequencyHz, port: live, ...options });

/** Calls, talks for a while, and hangs up by itself. */
const caller = (number: string, frequencyHz = 500, holdMs = 3_500) =>
  callBox(rig, rig.box, number, { frequencyHz, scenario: 'call', keys: { hold_ms: holdMs } });

/** Calls and is refused with that status; the answer that it got. */
async function refused(number: string, status: number): Promise<string> {
  const phone = await callBox(rig, rig.box, number, { frequencyHz: 500, scenario: 'call-refused', keys: { status } });
  await phone.sip.logged('REFUSED');
  await phone.sip.succeeded();
  const { text = '' } = phone.sip.messages().findLast(({ sent, text }) => !sent && text.includes(` ${status} `)) ?? {};
  return text;
}

async function bothHear(caller: Phone, called: Phone): Promise<void> {
  const [atCaller, atCalled] = await Promise.all([caller.media.listen(1.5), called.media.listen(1.5)]);
  hearsExactly(atCaller, [called.media.frequencyHz], caller.media.frequencyHz);
  hearsExactly(atCalled, [caller.media.frequencyHz], called.media.frequencyHz);
}

rig.test('a call of a trunk is carried on by its number, and both hear each other', async () => {
  const called = await callee(1100);
  const calling = await caller('02071234567');
  await bothHear(calling, called);
  const [invite] = called.sip.requests('INVITE');
  assert.match(invite ?? '', /^INVITE sip:442071234567@127\.0\.0\.1:\d+ SIP\/2\.0/);
  assert.match(invite ?? '', /Max-Forwards: 69/);
  const [call] = await rig.box.calls();
  assert.is(call?.media.length, 2);
  calling.media.press('159');
  await until('the digits at the other end', () => called.media.digits() === '159', {
    state: () => called.media.digits(),
  });
  await rig.box.idle();
});

rig.test('µ-law on one side and A-law on the other are joined all the same', async () => {
  const called = await callee(1100, { law: 'PCMA' });
  const calling = await caller('+442071234567');
  await bothHear(calling, called);
  calling.media.press('7#');
  await until('the digits at the other end', () => called.media.digits() === '7#', {
    state: () => called.media.digits(),
  });
  await rig.box.idle();
});

rig.test('the called one hangs up, and the caller is told', async () => {
  await callee(1100, { scenario: 'answer-hang-up' });
  const caller = await callBox(rig, rig.box, '+442071234567', { frequencyHz: 500 });
  await caller.sip.logged('ENDED');
  assert.match(caller.sip.requests('BYE')[0] ?? '', /Reason: /);
  await rig.box.idle();
});

rig.test('a target that says nothing and one that refuses connections are left for the back-up', async () => {
  const called = await startPhone(rig, { frequencyHz: 1100, port: backup });
  const calling = await caller('200', 500, 3_000);
  await bothHear(calling, called);
  await rig.box.idle();
});

rig.test('the next call goes to the target that is well, at once', async () => {
  const called = await startPhone(rig, { frequencyHz: 1100, port: backup });
  const before = Date.now();
  await caller('200', 500, 200);
  await called.sip.logged('MEDIA');
  assert.ok(Date.now() - before < 1_500);
  await rig.box.idle();
});

for (const [status, phrase] of [
  [486, 'Busy Here'],
  [503, 'Service Unavailable'],
] as const) {
  rig.test(`${status} of the called one is what the caller gets`, async () => {
    await callee(1100, { scenario: 'reject', keys: { status, phrase } });
    const answer = await refused('+442071234567', status);
    assert.match(answer, `SIP/2.0 ${status} ${phrase}`);
    assert.match(answer, /^Reason: .*Q\.850;cause=/m);
  });
}

for (const [number, status, why] of [
  ['999', 403, /emergency/],
  ['+449001234567', 403, /denyPrefixes/],
  ['300', 603, /refused/i],
  ['12345678', 404, /No such number/],
  ['+3312', 484, /[Dd]igits are missing/],
] as const) {
  rig.test(`a call to ${number} is refused with ${status}, and it is said why`, async () => {
    const answer = await refused(number, status);
    assert.match(answer, /^(Reason|Warning): /m);
    assert.match(answer, why);
  });
}

rig.test('a number leads to a room and to the tone', async () => {
  const tone = await caller('500', 500, 2_000);
  hearsExactly(await tone.media.listen(1), [440], 500);
  await bothHear(await caller('400'), await caller('400', 1100));
  await rig.box.idle();
});

rig.run();
