import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { newBranch, newCallId, RawSip, toTagOf } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks', 'builtin'] });

rig.test('an INVITE that nobody answers at first is repeated as it was, and makes one call', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'answer-late', keys: { ring_ms: 2_000 } });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const invites = phone.sip.requests('INVITE');
  assert.is(invites.length, 3, 'sent at 0, 0.5 and 1.5 s (Timer A)');
  assert.is(new Set(invites).size, 1);
  await application.hangUp(session, connectionId);
  const story = (await rig.webhook.story(connectionId)).map(briefly);
  assert.equal(story, ['callCreated', 'DIALING', 'ACTIVE', 'HANGUP', 'callDestroyed 700']);
});

rig.test('an INVITE that comes three times makes one call, answered the same way each time', async () => {
  const raw = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  const callId = newCallId();
  const invite = raw.request('INVITE', 'echo', { callId, branch: newBranch(), body: raw.offer(4000) });
  for (let i = 0; i < 3; i++) raw.send(invite);
  await until('an answer', () => raw.answers().length > 0);
  raw.send(invite);
  assert.is((await rig.box.calls()).length, 1);
  const toTag = toTagOf(raw.answers()[0] ?? '');
  assert.ok(toTag);
  raw.send(raw.request('ACK', 'echo', { callId, toTag }));
  const bye = raw.request('BYE', 'echo', { callId, toTag, cseq: 2, branch: newBranch() });
  raw.send(bye);
  const ends = () => raw.received.filter(text => /^CSeq: *2 BYE/im.test(text));
  await until('200 to the BYE', () => ends().length === 1);
  raw.send(bye);
  await until('200 to the repeated BYE', () => ends().length === 2);
  assert.ok(ends().every(text => text.startsWith('SIP/2.0 200')));
  assert.is(new Set(raw.answers().map(toTagOf)).size, 1);
  await rig.box.idle();
});

rig.test('an answer that is not acknowledged is repeated until it is', async () => {
  const raw = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  const callId = newCallId();
  raw.send(raw.request('INVITE', 'echo', { callId, body: raw.offer(4000) }));
  await until('the answer three times', () => raw.answers().length === 3, { limitMs: 4_000 });
  assert.is(new Set(raw.answers()).size, 1);
  const toTag = toTagOf(raw.answers()[0] ?? '') ?? '';
  raw.send(raw.request('ACK', 'echo', { callId, toTag }));
  raw.send(raw.request('BYE', 'echo', { callId, toTag, cseq: 2 }));
  await rig.box.idle();
  assert.is(raw.answers().length, 3);
});

rig.run();
