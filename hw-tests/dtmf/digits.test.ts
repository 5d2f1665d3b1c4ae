import * as assert from 'uvu/assert';
import type { HeardEvent } from '../rig/digits.ts';
import { callBox, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['webhooks', 'builtin'] });

async function talkingPhone(session: string, frequencyHz: number) {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz });
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await rig.webhook.state(connectionId, 'ACTIVE');
  await until('sound', () => phone.media.received > 10);
  return { phone, connectionId, hangUp: () => application.hangUp(session, connectionId) };
}

/** The packets of each digit, in order: an event is known by its time stamp. */
function byDigit(events: readonly HeardEvent[]): HeardEvent[][] {
  const groups = new Map<number, HeardEvent[]>();
  for (const event of events) groups.set(event.timestamp, [...(groups.get(event.timestamp) ?? []), event]);
  return [...groups.values()];
}

rig.test('digits reach the phone as RFC 4733 says', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const { phone, connectionId, hangUp } = await talkingPhone(session, 400);
  await application.playDigits(session, connectionId, '0123456789*#');
  await until('the last digit', () => phone.media.digits() === '0123456789*#' && phone.media.events.at(-1)?.end, {
    limitMs: 8_000,
    state: () => phone.media.digits(),
  });
  await until(
    'the last of its ends',
    () =>
      byDigit(phone.media.events)
        .at(-1)
        ?.filter(({ end }) => end).length === 3,
  );
  for (const packets of byDigit(phone.media.events)) {
    const what = `digit ${packets[0]?.digit}`;
    assert.equal(packets.filter(({ marker }) => marker).length, 1, `${what}: the marker is on the first packet, alone`);
    assert.is(packets[0]?.marker, true, what);
    assert.is(packets.filter(({ end }) => end).length, 3, `${what}: the end comes three times`);
    const durations = packets.map(({ duration }) => duration);
    assert.equal(
      durations,
      [...durations].sort((a, b) => a - b),
      `${what}: its duration never shrinks`,
    );
    const last = durations.at(-1) ?? 0;
    assert.ok(last >= 8 * 40 && last <= 8 * 300, `${what}: lasts ${last / 8} ms`);
    assert.is(new Set(packets.slice(-3).map(({ duration }) => duration)).size, 1, `${what}: all ends say the same`);
  }
  const sequences = phone.media.events.map(({ sequence }) => sequence);
  assert.is(new Set(sequences).size, sequences.length, 'no sequence number is used twice');
  await hangUp();
});

rig.test('p is a pause of half a second', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const { phone, connectionId, hangUp } = await talkingPhone(session, 400);
  await application.playDigits(session, connectionId, '12p3');
  await until('three digits', () => phone.media.digits() === '123');
  const [one, two, three] = byDigit(phone.media.events).map(packets => packets[0]?.timestamp ?? 0);
  const ms = (from = 0, to = 0) => ((to - from) | 0) / 8;
  const extra = ms(two, three) - ms(one, two);
  assert.ok(Math.abs(extra - 500) <= 20, `the pause adds ${extra} ms`);
  await hangUp();
});

rig.test('digits for a session reach every phone of it, and nobody else', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const [one, two] = [await talkingPhone(session, 400), await talkingPhone(session, 700)];
  const stranger = await talkingPhone(await application.createSession(), 1000);
  await application.playDigits(session, null, '42');
  await until('the digits at both', () => [one, two].every(({ phone }) => phone.media.digits() === '42'));
  assert.is(stranger.phone.media.digits(), '');
  for (const { hangUp } of [one, two, stranger]) await hangUp();
});

rig.test('what the phones say goes on after the digits', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const [one, two] = [await talkingPhone(session, 400), await talkingPhone(session, 700)];
  await application.playDigits(session, one.connectionId, '5');
  await until('the digit', () => one.phone.media.digits() === '5');
  const heard = await one.phone.media.listen(1);
  assert.ok(heard.atLeast(700) > -20);
  for (const { hangUp } of [one, two]) await hangUp();
});

rig.test('digits that a phone sends are counted once each, however often their packets came', async () => {
  const phone = await callBox(rig, rig.box, 'room-digits', {
    frequencyHz: 400,
    scenario: 'call',
    keys: { hold_ms: 4_000 },
  });
  await phone.sip.logged('MEDIA');
  phone.media.press('1590#');
  await until(
    'five digits',
    async () => {
      const [call] = await rig.box.calls();
      return call?.media[0]?.digits.received === 5;
    },
    { state: () => rig.box.calls() },
  );
  await phone.sip.succeeded();
});

rig.test('digits for a phone that has not answered are refused', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'ring' });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await rig.webhook.state(connectionId, 'RINGING');
  const path = application.projectPath(`session/${session}/connection/${connectionId}/play-dtmf`);
  const answer = await application.request('POST', path, { json: { digits: '1' } });
  assert.is(answer.status, 400);
  assert.match(String(answer.body.message), /not been answered/);
  await application.hangUp(session, connectionId);
});

for (const digits of ['', 'A', '1 2', '12\n', 'P', 'x'.repeat(65)]) {
  rig.test(`the digits ${JSON.stringify(digits.slice(0, 8))} are refused`, async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const path = application.projectPath(`session/${session}/play-dtmf`);
    const answer = await application.request('POST', path, { json: { digits } });
    assert.is(answer.status, 400);
    assert.type(answer.body.message, 'string');
  });
}

rig.run();
