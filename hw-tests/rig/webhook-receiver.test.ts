import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { briefly, WebhookReceiver } from './webhook-receiver.ts';

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const notice = (event: string, extra = {}) => ({ event, call: { id: 'c', connectionId: 'k', createdAt: 1 }, ...extra });

test('keeps the notices of a call in order', async () => {
  const receiver = await WebhookReceiver.open();
  await post(receiver.url('/sip'), notice('callCreated'));
  await post(receiver.url('/sip'), notice('callUpdated', { state: 'RINGING' }));
  await post(receiver.url('/sip'), notice('callDestroyed', { reason_code: '486' }));
  assert.equal((await receiver.story('k')).map(briefly), ['callCreated', 'RINGING', 'callDestroyed 486']);
  await receiver.close();
});

test('can refuse, and tear the connection down; then it has received nothing', async () => {
  const receiver = await WebhookReceiver.open();
  receiver.mood = { status: 500 };
  assert.is((await post(receiver.url('/'), notice('callCreated'))).status, 500);
  receiver.mood = 'reset';
  await post(receiver.url('/'), notice('callCreated')).then(
    () => assert.unreachable(),
    () => {},
  );
  assert.is(receiver.attempts, 2);
  assert.is(receiver.received.length, 0);
  await receiver.close();
});

test('notices what is no JSON', async () => {
  const receiver = await WebhookReceiver.open();
  await fetch(receiver.url('/'), { method: 'POST', body: 'x' });
  assert.is(receiver.strange.length, 1);
  await receiver.close();
});

test.run();
