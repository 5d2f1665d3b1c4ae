import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Law } from './g711.ts';
import { TonePhone } from './tone-phone.ts';
import { until } from './until.ts';

async function pair(law: Law = 'PCMU') {
  const low = await TonePhone.open({ frequencyHz: 440, law });
  const high = await TonePhone.open({ frequencyHz: 1250, law });
  low.talkTo({ host: high.host, port: high.rtpPort });
  high.talkTo({ host: low.host, port: low.rtpPort });
  return { low, high, close: () => Promise.all([low.close(), high.close()]) };
}

for (const law of ['PCMU', 'PCMA'] as const) {
  test(`two phones hear each other and not themselves in ${law}`, async () => {
    const { low, high, close } = await pair(law);
    const [lowHeard, highHeard] = await Promise.all([low.listen(1), high.listen(1)]);
    await close();
    assert.ok(lowHeard.atLeast(1250) > -16.5, String(lowHeard.atLeast(1250)));
    assert.ok(lowHeard.atMost(440) < -60, String(lowHeard.atMost(440)));
    assert.ok(highHeard.atLeast(440) > -16.5, String(highHeard.atLeast(440)));
    assert.ok(highHeard.atMost(1250) < -60, String(highHeard.atMost(1250)));
    assert.ok(highHeard.besides([440]) < -45, String(highHeard.besides([440])));
  });
}

test('a pressed key arrives as one digit whose last packet came three times', async () => {
  const { low, high, close } = await pair();
  low.press('4#');
  await until('two digits', () => high.events.filter(({ end }) => end).length === 6);
  await close();
  assert.is(high.digits(), '4#');
  const first = high.events.filter(({ digit }) => digit === '4');
  assert.equal(
    first.map(({ duration }) => duration),
    [160, 320, 480, 640, 800, 800, 800],
  );
  assert.equal(
    first.map(({ marker }) => marker),
    [true, false, false, false, false, false, false],
  );
});

test('sender reports are exchanged', async () => {
  const { low, high, close } = await pair();
  await until('a sender report', () => high.rtcp.length > 0);
  await close();
  assert.is(high.rtcp[0]?.senderReports[0]?.ssrc, low.ssrc);
  assert.equal(high.rtcp[0]?.cnames, ['phone@test']);
});

test('garbage is counted and not heard', async () => {
  const { low, high, close } = await pair();
  low.sendRaw(Buffer.from('not RTP at all'));
  await until('the garbage', () => high.strange === 1);
  await close();
});

test.run();
