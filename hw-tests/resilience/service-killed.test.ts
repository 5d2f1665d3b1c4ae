import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';
import { surviveKills } from './kills.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

rig.test(
  'kill -9 between events and their delivery: nothing is lost, nothing is told twice under another id',
  async () => {
    const { application } = rig.box;
    rig.webhook.mood = { status: 503 };
    const session = await application.createSession();
    const finished: string[] = [];
    for (let i = 0; i < 5; i++) {
      const phone = await startPhone(rig, { frequencyHz: 400 });
      const { connectionId } = await application.dial(session, phone.uri);
      await phone.sip.logged('ANSWERED');
      await application.hangUp(session, connectionId);
      await phone.sip.logged('ENDED');
      finished.push(connectionId);
    }
    const phone = await startPhone(rig, { frequencyHz: 400 });
    const { connectionId: cutOff } = await application.dial(session, phone.uri);
    await phone.sip.logged('ANSWERED');
    await until('a vain attempt to deliver', () => rig.webhook.attempts > 0);
    await rig.own.kill();
    assert.equal(rig.webhook.received, []);

    rig.webhook.mood = { status: 200 };
    await rig.own.startAgain();
    for (const connectionId of finished) {
      const told = (await rig.webhook.story(connectionId, 30_000)).map(briefly);
      assert.equal([...new Set(told)], ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed 700']);
    }
    const orphan = (await rig.webhook.story(cutOff, 30_000)).map(briefly);
    assert.is(orphan[0], 'callCreated');
    assert.equal(orphan.slice(-2), ['HANGUP', 'callDestroyed 703']);

    const contents = new Map<unknown, string>();
    for (const { headers, body } of rig.webhook.received) {
      const id = headers['x-crosspoint-event-id'];
      assert.is(contents.get(id) ?? JSON.stringify(body), JSON.stringify(body));
      contents.set(id, JSON.stringify(body));
    }
  },
);

/** From the start of the process on. */
async function readyMs(): Promise<number> {
  const startedAt = performance.now();
  await rig.own.startAgain();
  return performance.now() - startedAt;
}

rig.test(
  'after kill -9 in the middle of calls it is ready within 3 s, or as soon as after any start, and its ports are free for new calls',
  async () => {
    const { application } = rig.box;
    await rig.own.stop();
    const usualMs = await readyMs();
    const session = await application.createSession();
    const phone = await startPhone(rig, { frequencyHz: 400 });
    await application.dial(session, phone.uri);
    await phone.sip.logged('ANSWERED');
    await rig.own.kill();
    const tookMs = await readyMs();
    const figures = `ready after ${tookMs.toFixed(0)} ms, after an orderly end after ${usualMs.toFixed(0)} ms`;
    console.log(figures);
    assert.ok(tookMs < Math.max(3_000, 1.5 * usualMs), figures);
    assert.equal(await rig.box.calls(), []);
    const [first] = rig.own.rtpPorts;
    const leftOver = rig.own.workerFigures().udpPorts.filter(port => port >= first);
    assert.equal(leftOver, [], 'the legs of the former process are gone');
    assert.is(rig.own.workers().length, 1);
    // The session is one of before.
    const other = await startPhone(rig, { frequencyHz: 700 });
    const { connectionId } = await application.dial(session, other.uri);
    await other.sip.logged('ANSWERED');
    await application.hangUp(session, connectionId);
    await rig.box.idle();
  },
);

rig.test(
  'five times kill -9 at random moments of 20 calls a second: MQTT and the webhook are told all, once each, in order',
  () => surviveKills(5, Math.floor(Math.random() * 1e6)),
);

rig.run();
