import { setTimeout as sleep } from 'node:timers/promises';
import { Value } from 'typebox/value';
import * as assert from 'uvu/assert';
import { MediaMessage } from '../../firmware/monitoring/topics-call.ts';
import { CallMediaRecord, type LegMedia, type SideProblem } from '../../firmware/quality/call-media.ts';
import { rate } from '../../firmware/quality/e-model.ts';
import { impairmentOf } from '../../firmware/quality/impairments.ts';
import { send } from '../rig/application.ts';
import { startLossyPhone } from '../rig/lossy-phone.ts';
import { type Message, MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['own', 'webhooks'], box: { config: { limits: { silenceSeconds: 4 } } } });

const listen = async () => rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));

const ask = (path: string) =>
  send(`${rig.box.facts.http}${path}`, 'GET', { headers: { authorization: `Bearer ${rig.box.facts.operatorToken}` } });

interface Told {
  readonly event?: string;
  readonly present?: boolean;
  readonly problem?: SideProblem;
  readonly time: number;
  readonly legs?: readonly LegMedia[];
}
const told = ({ payload }: Message) => payload as unknown as Told;
const isOf = (call: string, what: 'event' | 'media') => (message: Message) =>
  message.topic.endsWith(`/call/${call}/${what}`);
const problemsOf = (mqtt: MqttListener, call: string) =>
  mqtt.messages
    .filter(isOf(call, 'event'))
    .filter(message => told(message).event === 'callMediaChanged')
    .map(told);

/** Dials, and gives the call's id once it is answered. */
async function call(session: string, uri: string): Promise<{ id: string; connectionId: string }> {
  const { connectionId } = await rig.box.application.dial(session, uri);
  await rig.webhook.state(connectionId, 'ACTIVE');
  const live = await rig.box.callOf(connectionId);
  assert.ok(live);
  return { id: live.id, connectionId };
}

async function recordOf(id: string): Promise<CallMediaRecord> {
  let answer = await ask(`/device/calls/${id}/media`);
  await until(`the record of call ${id}`, async () => {
    answer = await ask(`/device/calls/${id}/media`);
    return answer.status === 200;
  });
  assert.ok(Value.Check(CallMediaRecord, answer.body), JSON.stringify(answer.body));
  return answer.body;
}

const near = (actual: number | null | undefined, expected: number, tolerance: number, what: string) =>
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual}, not ${expected} ± ${tolerance}`,
  );

rig.test(
  'paths that lose 0, 5 and 20 % give the figures that they caused: live, on MQTT and in the record',
  async () => {
    const mqtt = await listen();
    const { application } = rig.box;
    const shares = [0, 0.05, 0.2];
    const calls = await Promise.all(
      shares.map(async (loss, index) => {
        const phone = await startLossyPhone(rig, { frequencyHz: 500 + 300 * index, loss, seed: 41 + index });
        const session = await application.createSession();
        const { id, connectionId } = await call(session, phone.uri);
        return { loss, phone, session, id, connectionId, path: await phone.path };
      }),
    );
    const messages = await Promise.all(
      calls.map(async ({ id }) => {
        const ofCall = isOf(id, 'media');
        await until(`three intervals of call ${id}`, () => mqtt.messages.filter(ofCall).length >= 3, {
          limitMs: 20_000,
        });
        return mqtt.messages.filter(ofCall);
      }),
    );
    const scores: number[] = [];
    for (const [index, { id, loss, session, connectionId, path }] of calls.entries()) {
      for (const [number, { payload, retained }] of (messages[index] ?? []).entries()) {
        assert.ok(
          Value.Check(MediaMessage, payload),
          JSON.stringify([...Value.Errors(MediaMessage, payload)].slice(0, 3)),
        );
        assert.is(retained, false);
        const [leg, ...others] = payload.legs;
        assert.is(others.length, 0);
        // A call begins somewhere within an interval of the box.
        if (number > 0) near(leg?.interval.ms, 5_000, 1_000, 'length of an interval');
      }
      const live = (await ask(`/device/calls/${id}`)).body as { quality: LegMedia[]; problems: SideProblem[] };
      near(live.quality[0]?.call.received.lossRatio, loss, 0.05, `loss so far at ${loss}`);
      assert.equal(live.problems, []);

      await application.hangUp(session, connectionId);
      const lostAtEnd = path.toTarget.lost;
      const received = (await recordOf(id)).legs[0]?.call?.received;
      assert.ok(received);
      const what = `at a loss of ${loss}`;
      // The relay goes on for a moment after the call's end, and a loss is seen when the next packet comes.
      near(received.lost, lostAtEnd, 3, `lost ${what}`);
      near(received.lossRatio, path.toTarget.lost / (path.toTarget.lost + path.toTarget.passed), 0.01, `loss ${what}`);
      near(received.levelDbov, -16, 1.5, `level ${what}`);
      assert.equal([received.codec, received.packetMs, received.clippedRatio], ['PCMU', 20, 0], what);
      near(received.silentRatio, 0, 0.05, `silence ${what}`);
      // A box on a busy machine finds some packets late: not played is what was lost, and those. They come in bursts.
      near(received.unplayedRatio, loss, 0.06, `not played ${what}`);
      if (loss === 0) assert.is(received.lost, 0);
      else near(received.burstRatio, 1, received.late + received.dropped === 0 ? 0.35 : 1.5, `burst ratio ${what}`);
      near(received.concealedMs, received.lost * 20 + 400, 700, `concealed ${what}`);
      const { mos } = received;
      const impairment = impairmentOf('PCMU');
      assert.ok(mos && impairment);
      // The delay is the machine's, the loss is ours.
      const caused = rate({ impairment, lossRatio: loss, burstRatio: 1, delayMs: mos.inputs.delayMs });
      near(mos.mos, caused.mos, 0.4, `MOS ${what}`);
      scores.push(mos.mos);
    }
    console.log(`  MOS at 0, 5 and 20 % loss: ${scores.join(', ')}`);
    const [clean = 0, some = 0, much = 0] = scores;
    // 95 · 5 / (5 + 25.1) is 16 off the rating, 95 · 20 / (20 + 25.1) is 42.
    assert.ok(clean > some + 0.1 && some > much + 0.6, scores.join(', '));
    assert.equal(
      calls.map(({ id }) => problemsOf(mqtt, id)),
      [[], [], []],
    );
  },
);

rig.test('a phone that is heard no more is named within three seconds, and when it is heard again', async () => {
  const mqtt = await listen();
  const { application } = rig.box;
  const [mute, other] = [await startPhone(rig, { frequencyHz: 500 }), await startPhone(rig, { frequencyHz: 1100 })];
  const session = await application.createSession();
  const quiet = await call(session, mute.uri);
  const fine = await call(session, other.uri);
  await mute.media.listen(1);
  const remote = await mute.sip.logged('MEDIA');
  const [, host = '', port = ''] = /MEDIA \S+ (\S+) (\d+)/.exec(remote) ?? [];

  mute.media.hush();
  const stoppedAt = Date.now();
  const began = told(
    await mqtt.find('the problem', m => isOf(quiet.id, 'event')(m) && told(m).present === true, 5_000),
  );
  const noticedMs = Date.now() - stoppedAt;
  console.log(`  noticed after ${noticedMs} ms`);
  assert.ok(noticedMs <= 3_000, `noticed after ${noticedMs} ms`);
  assert.ok(began.problem);
  const { since, ...problem } = began.problem;
  assert.equal(problem, { side: 'first', kind: 'no-media', direction: 'received', hop: 'unknown' });
  near(since, stoppedAt, 200, 'since when');
  const live = (await ask(`/device/calls/${quiet.id}`)).body as { problems: SideProblem[] };
  assert.equal(live.problems, [began.problem]);

  mute.media.talkTo({ host, port: Number(port) });
  await mqtt.find('its end', m => isOf(quiet.id, 'event')(m) && told(m).present === false, 3_000);
  assert.equal(((await ask(`/device/calls/${quiet.id}`)).body as { problems: unknown[] }).problems, []);
  assert.equal(problemsOf(mqtt, fine.id), [], 'the other one was heard all the time');
  for (const { connectionId } of [quiet, fine]) await application.hangUp(session, connectionId);
  const { problems } = await recordOf(quiet.id);
  assert.equal(
    problems.map(({ kind, side, until: end }) => [kind, side, end > since]),
    [['no-media', 'first', true]],
  );
});

rig.test('packets with nothing to hear in them are told of after the configured time', async () => {
  const mqtt = await listen();
  const { application } = rig.box;
  const silent = await startPhone(rig, { frequencyHz: 500, levelDbov: -90 });
  const session = await application.createSession();
  const { id, connectionId } = await call(session, silent.uri);
  const answeredAt = Date.now();
  const { problem } = told(await mqtt.find('dead air', m => isOf(id, 'event')(m) && told(m).present === true, 8_000));
  near(Date.now() - answeredAt, 4_500, 1_000, 'noticed after');
  assert.equal([problem?.kind, problem?.direction, problem?.hop], ['silence', 'received', 'far-end']);
  await application.hangUp(session, connectionId);
  assert.is(problemsOf(mqtt, id).length, 1);
});

rig.test('a phone that is on hold is not missed, whatever it sends', async () => {
  const mqtt = await listen();
  const { application } = rig.box;
  const held = await startPhone(rig, {
    frequencyHz: 500,
    scenario: 'answer-and-hold',
    keys: { hold_ms: 6_000, hold_address: rig.us, hold_direction: 'sendonly' },
  });
  const session = await application.createSession();
  const { id, connectionId } = await call(session, held.uri);
  await rig.webhook.state(connectionId, 'ON_HOLD');
  const remote = await held.sip.logged('MEDIA');
  const [, host = '', port = ''] = /MEDIA \S+ (\S+) (\d+)/.exec(remote) ?? [];
  held.media.hush();
  // That nothing is told has no event to wait for.
  await sleep(4_000);
  held.media.talkTo({ host, port: Number(port) });
  await held.sip.logged('RESUMED');
  await sleep(2_500);
  assert.equal(problemsOf(mqtt, id), []);
  await application.hangUp(session, connectionId);
});

rig.test('the record of a call survives a kill of the box', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 700 });
  const session = await application.createSession();
  const { id, connectionId } = await call(session, phone.uri);
  await phone.media.listen(1);
  await application.hangUp(session, connectionId);
  const before = await recordOf(id);
  near(before.legs[0]?.call?.received.levelDbov, -16, 1, 'level');
  await rig.own.kill();
  await rig.own.startAgain();
  assert.equal(await recordOf(id), before);
});

rig.run();
