import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

async function twoTalking() {
  const { application } = rig.box;
  const phones = [await startPhone(rig, { frequencyHz: 400 }), await startPhone(rig, { frequencyHz: 700 })] as const;
  const session = await application.createSession();
  const calls = await Promise.all(phones.map(phone => application.dial(session, phone.uri)));
  await Promise.all(phones.map(phone => phone.sip.logged('ANSWERED')));
  for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
  return { phones, session, calls };
}

rig.test('a media worker that dies: its calls end honestly, and a new one works within a second', async () => {
  const { phones, calls } = await twoTalking();
  const [before] = rig.own.workers();
  const killedAt = Date.now();
  rig.own.killWorker();

  const stories = await Promise.all(calls.map(({ connectionId }) => rig.webhook.story(connectionId)));
  for (const story of stories) {
    assert.is(briefly(story.at(-1) ?? { event: 'nothing' }), 'callDestroyed 703');
    const noticedMs = (story.find(({ state }) => state === 'HANGUP')?.timestamp ?? Number.POSITIVE_INFINITY) - killedAt;
    console.log(`noticed after ${noticedMs} ms`);
    assert.ok(noticedMs < 100, `noticed after ${noticedMs} ms`);
  }
  await Promise.all(phones.map(phone => phone.sip.logged('ENDED')));

  const after = await until('a new worker', async () => (await rig.box.health()) === 200 && rig.own.workers()[0], {
    limitMs: 3_000,
  });
  const readyMs = Date.now() - killedAt;
  console.log(`ready again after ${readyMs} ms`);
  assert.is.not(after, before);
  assert.ok(readyMs < 1_000, `ready again after ${readyMs} ms`);

  const again = await twoTalking();
  const [one, two] = await Promise.all(again.phones.map(phone => phone.media.listen(1)));
  assert.ok(one && two);
  hearsExactly(one, [700], 400);
  hearsExactly(two, [400], 700);
  for (const { connectionId } of again.calls) await rig.box.application.hangUp(again.session, connectionId);
  await rig.box.idle();
});

rig.test('three deaths in a row are survived', async () => {
  for (let i = 0; i < 3; i++) {
    const [before] = rig.own.workers();
    rig.own.killWorker();
    // One that keeps dying is started again after a second or five.
    await until(
      'another worker',
      async () => {
        const [now] = rig.own.workers();
        return now !== undefined && now !== before && (await rig.box.health()) === 200;
      },
      { limitMs: 10_000 },
    );
  }
  const { session, calls } = await twoTalking();
  for (const { connectionId } of calls) await rig.box.application.hangUp(session, connectionId);
  await rig.box.idle();
  assert.is(rig.own.workers().length, 1);
});

rig.run();
