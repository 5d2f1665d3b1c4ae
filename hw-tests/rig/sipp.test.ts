import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LossyRelay } from './lossy-relay.ts';
import { Sipp } from './sipp.ts';

const local = (sipp: Sipp) => ({ host: sipp.host, port: sipp.port });

for (const transport of ['udp', 'tcp'] as const) {
  test(`a caller and a callee talk over ${transport}, and both tell where the other's media is`, async () => {
    const callee = await Sipp.start({ scenario: 'answer', transport, keys: { rtp_port: 4000 } });
    const caller = await Sipp.start({ scenario: 'call', transport, remote: local(callee), keys: { rtp_port: 4002 } });
    await Promise.all([caller.succeeded(), callee.logged('ENDED')]);
    assert.match((await callee.logged('MEDIA')) ?? '', /^MEDIA \S+ 127\.0\.0\.1 4002$/);
    assert.match((await caller.logged('MEDIA')) ?? '', /^MEDIA \S+ 127\.0\.0\.1 4000$/);
    assert.is(callee.requests('INVITE').length, 1);
    await Promise.all([caller.close(), callee.close()]);
  });
}

test('a callee hangs up', async () => {
  const callee = await Sipp.start({ scenario: 'answer-hang-up', keys: { hold_ms: 50 } });
  const caller = await Sipp.start({ scenario: 'call-and-wait', remote: local(callee) });
  await callee.succeeded();
  await caller.logged('ENDED');
  await Promise.all([caller.close(), callee.close()]);
});

test('a callee refuses, and the caller knows', async () => {
  const callee = await Sipp.start({ scenario: 'reject', keys: { status: 486, phrase: 'Busy Here' } });
  const caller = await Sipp.start({ scenario: 'call', remote: local(callee), limitSeconds: 1 });
  assert.is((await caller.ended()).code === 0, false);
  assert.match(caller.messages().find(({ sent }) => !sent)?.text ?? '', /^SIP\/2\.0 486 Busy Here/);
  await Promise.all([caller.close(), callee.close()]);
});

test('an INVITE that stays without any answer is repeated', async () => {
  const callee = await Sipp.start({ scenario: 'answer-late', keys: { ring_ms: 1_000 } });
  const caller = await Sipp.start({ scenario: 'call', remote: local(callee), keys: { hold_ms: 10 } });
  await caller.succeeded();
  assert.is(callee.requests('INVITE').length, 2);
  assert.equal(caller.counts(), { successful: 1, failed: 0 });
  await Promise.all([caller.close(), callee.close()]);
});

test('calls complete although packets are lost', async () => {
  const calls = 20;
  const callee = await Sipp.start({ scenario: 'answer', calls, keys: { contact_port: 1 } });
  const relay = await LossyRelay.open(local(callee), 11, { loss: 0.15 });
  const caller = await Sipp.start({ scenario: 'call', calls, rate: 50, remote: relay, keys: { hold_ms: 10 } });
  await caller.ended(60_000);
  assert.ok(relay.toTarget.lost > 0 && relay.toClient.lost > 0);
  assert.ok(caller.counts().successful >= 19, JSON.stringify(caller.counts()));
  await Promise.all([caller.close(), callee.close(), relay.close()]);
});

test.run();
