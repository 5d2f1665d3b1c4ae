import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { PhoneOptions } from '../rig/phones.ts';
import { callBox, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks', 'builtin'] });

const NONE = 'X-None: none';
/** The box refreshes at 5 s; without a refresh of the far end's it gives up at 6.7 s. */
const INTERVAL_S = 10;
const expires = (refresher: string) => `Session-Expires: ${INTERVAL_S};refresher=${refresher}`;
const updates = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE';
const noUpdates = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS';

/** Dials a phone that asks for a timer in its 200. */
async function dialled(scenario: string, keys: Record<string, string | number>, more: Partial<PhoneOptions> = {}) {
  const { application } = rig.box;
  const phone = await startPhone(rig, {
    frequencyHz: 400,
    scenario,
    keys: { ringing: NONE, refreshing: NONE, ...keys },
    ...more,
  });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  return { phone, connectionId, hangUp: () => application.hangUp(session, connectionId) };
}

const isActive = async (connectionId: string) => (await rig.box.callOf(connectionId))?.state === 'ACTIVE';

rig.test('a call outlives its session timer, whoever refreshes and however; without a refresh it ends', async () => {
  const byUpdate = await dialled('answer-with', {
    answering: `Require: timer\n      ${expires('uac')}\n      ${updates}`,
    refreshing: expires('uac'),
  });
  const byInvite = await dialled('answer-with', {
    answering: `Require: timer\n      ${expires('uac')}\n      ${noUpdates}`,
    refreshing: expires('uac'),
  });
  const byThem = await dialled('answer-and-ask', {
    answering: `Require: timer\n      ${expires('uas')}`,
    before_ms: 4_000,
    method: 'UPDATE',
    // A longer one from now on, so that once is enough.
    lines: `Supported: timer\n      Session-Expires: 90;refresher=uac`,
    body: '',
    status: 200,
  });
  const byNobody = await dialled('answer-with', {
    answering: `Require: timer\n      ${expires('uas')}\n      ${updates}`,
  });
  // Its proxy asked for the timer: it does not know the extension itself, so that the box refreshes.
  const caller = await callBox(rig, rig.box, 'tone', {
    frequencyHz: 400,
    scenario: 'call-with',
    keys: { lines: `${expires('uas')}\n      ${updates}`, refreshing: expires('uac'), hold_ms: 6_000 },
  });
  await caller.sip.logged('MEDIA');

  await byNobody.phone.sip.logged('ENDED', 12_000);
  const story = (await rig.webhook.story(byNobody.connectionId)).map(briefly);
  assert.is(story.at(-1), 'callDestroyed 703');
  assert.match(await byThem.phone.sip.logged('ASKED'), 'ASKED');
  assert.is(await byUpdate.phone.sip.logged('REFRESHED'), 'REFRESHED UPDATE');
  assert.is(await byInvite.phone.sip.logged('REFRESHED'), 'REFRESHED INVITE');
  assert.is(await caller.sip.logged('REFRESHED'), 'REFRESHED UPDATE');
  // What shows that nothing ends is that time goes by.
  await sleep(1_000 * INTERVAL_S - 5_000);
  await until(
    'second refreshes',
    () => byUpdate.phone.sip.log.filter(line => line.startsWith('REFRESHED')).length >= 2,
  );
  for (const { connectionId } of [byUpdate, byInvite, byThem]) assert.ok(await isActive(connectionId));
  assert.is((await rig.box.calls()).length, 4);
  const update = byUpdate.phone.sip.requests('UPDATE')[0] ?? '';
  assert.match(update, /^Session-Expires: 10;refresher=uac/m);
  for (const { hangUp, phone } of [byUpdate, byInvite, byThem]) {
    await hangUp();
    await phone.sip.succeeded();
  }
});

rig.test('422 of the far end raises the interval that the box asks for (RFC 4028 §7.4)', async () => {
  const { phone, hangUp } = await dialled('challenge', { challenge_status: 422, challenge: 'Min-SE: 2000' });
  const [first = '', second = ''] = phone.sip.requests('INVITE');
  assert.match(first, /^Session-Expires: 1800/m);
  assert.match(second, /^Session-Expires: 2000/m);
  assert.match(second, /^Min-SE: 2000/m);
  await hangUp();
});

rig.test('a caller that asks for a timer is told who refreshes', async () => {
  const phone = await callBox(rig, rig.box, 'tone', {
    frequencyHz: 400,
    scenario: 'call-with',
    keys: { lines: 'Supported: timer\n      Session-Expires: 90;refresher=uac', refreshing: NONE, hold_ms: 100 },
  });
  await phone.sip.logged('ENDED');
  const answer = phone.sip.messages().find(({ sent, text }) => !sent && text.startsWith('SIP/2.0 200'))?.text ?? '';
  assert.match(answer, /^Session-Expires: 90;refresher=uac/m);
  assert.match(answer, /^Require: timer/m);
});

rig.test('every call is over', () => rig.box.idle(20_000));

rig.run();
