import * as assert from 'uvu/assert';
import { hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { callBox } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['builtin'] });
const TONE_HZ = 440;

for (const transport of ['udp', 'tcp'] as const) {
  rig.test(`sip:tone@ plays a tone, signalled by ${transport}`, async () => {
    const phone = await callBox(rig, rig.box, 'tone', {
      frequencyHz: 1000,
      transport,
      scenario: 'call',
      keys: { hold_ms: 3_500 },
    });
    await phone.sip.logged('MEDIA');
    const heard = await phone.media.listen(2);
    assert.ok(Math.abs(heard.atLeast(TONE_HZ) + 20) < 0.5, `${heard.atLeast(TONE_HZ)} dBov`);
    assert.ok(heard.besides([TONE_HZ]) < -50, `${heard.besides([TONE_HZ])} dBov besides`);
    hearsNothingOf(heard, 1000);
    await phone.sip.succeeded();
    await rig.box.idle();
  });
}

for (const law of ['PCMU', 'PCMA'] as const) {
  rig.test(`sip:echo@ returns what it hears, in ${law}`, async () => {
    const phone = await callBox(rig, rig.box, 'echo', {
      frequencyHz: 1000,
      law,
      scenario: 'call',
      keys: { hold_ms: 3_500 },
    });
    await phone.sip.logged('MEDIA');
    hearsExactly(await phone.media.listen(2), [1000], TONE_HZ);
    await phone.sip.succeeded();
    await rig.box.idle();
  });
}

rig.test('callers of the same room hear each other, those of another do not', async () => {
  const one = await callBox(rig, rig.box, 'room-a', { frequencyHz: 400, scenario: 'call', keys: { hold_ms: 6_000 } });
  const two = await callBox(rig, rig.box, 'room-a', { frequencyHz: 700, scenario: 'call', keys: { hold_ms: 6_000 } });
  const other = await callBox(rig, rig.box, 'room-A', {
    frequencyHz: 1250,
    scenario: 'call',
    keys: { hold_ms: 6_000 },
  });
  await Promise.all([one, two, other].map(phone => phone.sip.logged('MEDIA')));
  const [oneHeard, twoHeard, otherHeard] = await Promise.all([one, two, other].map(phone => phone.media.listen(2)));
  assert.ok(oneHeard && twoHeard && otherHeard);
  hearsExactly(oneHeard, [700], 400);
  hearsExactly(twoHeard, [400], 700);
  for (const tone of [400, 700, 1250]) hearsNothingOf(otherHeard, tone);
  await Promise.all([one, two, other].map(phone => phone.sip.succeeded()));
  await rig.box.idle();
});

rig.test('the box itself can be dialled: an application puts the test numbers into a session', async () => {
  const { application } = rig.box;
  const { host, port } = rig.box.sipAddress;
  const session = await application.createSession();
  const tone = await application.dial(session, `sip:tone@${host}:${port}`);
  const echo = await application.dial(session, `sip:echo@${host}:${port}`);
  await until('the echo to come back', async () => {
    const stats = (await rig.box.callOf(echo.connectionId))?.media[0];
    return stats?.received.frequencyHz && Math.abs(stats.received.frequencyHz - TONE_HZ) < 3;
  });
  for (const { connectionId } of [tone, echo]) await application.hangUp(session, connectionId);
  await rig.box.idle();
});

for (const user of ['nobody', 'room-', 'room-%00', 'tone2']) {
  rig.test(`sip:${user}@ is not found`, async () => {
    const caller = rig.keep(
      await Sipp.start({ scenario: 'call', user, remote: rig.box.sipAddress, host: rig.us, limitSeconds: 2 }),
    );
    await caller.ended();
    const finals = caller.messages().filter(({ sent, text }) => !sent && /^SIP\/2\.0 [2-6]/.test(text));
    assert.match(finals[0]?.text ?? '', /^SIP\/2\.0 404 /);
    assert.equal(await rig.box.calls(), []);
  });
}

rig.test('an offer of codecs that the box does not have is refused with 488', async () => {
  const caller = rig.keep(
    await Sipp.start({
      scenario: 'call',
      user: 'echo',
      remote: rig.box.sipAddress,
      host: rig.us,
      limitSeconds: 2,
      keys: { payload_type: 18, rtpmap: 'G729/8000' },
    }),
  );
  await caller.ended();
  const final = caller.messages().find(({ sent, text }) => !sent && /^SIP\/2\.0 [2-6]/.test(text));
  assert.match(final?.text ?? '', /^SIP\/2\.0 488 /);
  assert.match(final?.text ?? '', /G729/, 'it says what was offered');
  assert.equal(await rig.box.calls(), []);
});

rig.run();
