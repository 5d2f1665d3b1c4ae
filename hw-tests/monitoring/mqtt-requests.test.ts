import { Value } from 'typebox/value';
import * as assert from 'uvu/assert';
import { type TopicRow, topicTable } from '../../firmware/monitoring/topic-table.ts';
import { type Message, MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const other = { apiKey: '46000002', apiSecret: 'a secret of the other project' };
const rig = new Rig({ needs: ['own'], box: { moreProjects: [{ opentok: other }] } });

/** An application of a project, on MQTT alone. */
class Asker {
  readonly heard: MqttListener;
  readonly #base: string;

  static async start(project: string): Promise<Asker> {
    const base = `crosspoint/${rig.box.facts.name}/project/${project}`;
    const filter = `${base}/#`;
    return new Asker(rig.keep(await MqttListener.open(rig.own.mqttUrlOf(project), { filter })), base);
  }

  private constructor(heard: MqttListener, base: string) {
    this.heard = heard;
    this.#base = base;
  }

  send(verb: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    return this.heard.publish(`${this.#base}/request/${verb}`, body);
  }

  /** Asks, and waits for the answer. */
  async ask(verb: string, body: Readonly<Record<string, unknown>>): Promise<Answer> {
    const transaction = String(body.transaction ?? `t${Math.random()}`);
    const before = this.heard.messages.length;
    await this.send(verb, { ...body, transaction });
    const isAnswer = ({ topic, payload }: Message) =>
      topic === `${this.#base}/response/${verb}` && payload.transaction === transaction;
    const answer = await until(`the answer to ${verb}`, () => this.heard.messages.slice(before).find(isAnswer));
    return answer.payload as unknown as Answer;
  }

  state(call: string): Message | undefined {
    return this.heard.messages.findLast(({ topic }) => topic === `${this.#base}/call/${call}/state`);
  }
}

interface Answer {
  readonly ok: boolean;
  readonly result: Readonly<Record<string, string>>;
  readonly error?: { readonly code: string; readonly status: number };
}

rig.test('an application that has only MQTT dials, holds, mutes, sends digits, and hangs up', async () => {
  const asker = await Asker.start(rig.box.application.apiKey);
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { ok, result } = await asker.ask('dial', { sip: { uri: phone.uri } });
  assert.ok(ok);
  const call = String(result.call);
  await phone.sip.logged('ANSWERED');
  await until('ACTIVE, as what is retained', () => asker.state(call)?.payload.state === 'ACTIVE');
  assert.match(JSON.stringify(asker.state(call)?.payload.parties), phone.uri);
  assert.ok((await asker.ask('dtmf', { call, digits: '12#' })).ok);
  assert.ok((await asker.ask('mute', { call, on: true })).ok);
  await until('the mute, as what is retained', () => asker.state(call)?.payload.muted === true);
  assert.ok((await asker.ask('mute', { call, on: false })).ok);
  const status = await asker.ask('status', { call });
  assert.match(JSON.stringify(status.result), '"state":"ACTIVE"');
  assert.ok((await asker.ask('hangup', { call })).ok);
  await phone.sip.logged('ENDED');
  await until('that nothing is retained', () => asker.state(call) && !('state' in (asker.state(call)?.payload ?? {})), {
    state: () => asker.state(call)?.payload,
  });
  await rig.box.idle();
});

rig.test('the same transaction rings once, also after kill -9', async () => {
  const asker = await Asker.start(rig.box.application.apiKey);
  const phone = await startPhone(rig, { frequencyHz: 400, calls: 2 });
  const request = { transaction: 'once', sip: { uri: phone.uri } };
  const first = await asker.ask('dial', request);
  await phone.sip.logged('ANSWERED');
  assert.equal((await asker.ask('dial', request)).result, first.result);
  await rig.own.kill();
  await rig.own.startAgain();
  const again = await Asker.start(rig.box.application.apiKey);
  assert.equal((await again.ask('dial', request)).result, first.result);
  assert.is(phone.sip.requests('INVITE').length, 1);
  assert.equal((await again.ask('status', {})).result.count, 0);
});

rig.test(
  'another project neither sees a call nor touches it, and what it asks for rings under its own policy',
  async () => {
    const asker = await Asker.start(rig.box.application.apiKey);
    const stranger = await Asker.start(other.apiKey);
    const phone = await startPhone(rig, { frequencyHz: 400 });
    const { result } = await asker.ask('dial', { sip: { uri: phone.uri } });
    await phone.sip.logged('ANSWERED');
    for (const [verb, body] of [
      ['hangup', {}],
      ['mute', { on: true }],
      ['hold', { on: true }],
      ['dtmf', { digits: '1' }],
      ['status', {}],
    ] as const) {
      const { ok, error } = await stranger.ask(verb, { call: result.call, ...body });
      assert.equal([ok, error?.code, error?.status], [false, 'call.unknown', 404], verb);
    }
    const { error } = await stranger.ask('dial', { session: result.session, sip: { uri: phone.uri } });
    assert.is(error?.code, 'session.unknown');
    assert.ok(stranger.heard.messages.every(({ topic }) => topic.includes(`/project/${other.apiKey}/`)));
    assert.equal(stranger.heard.on(/\/call\//), []);
    await asker.ask('hangup', { call: result.call });
    await rig.box.idle();
  },
);

rig.test('what the operator hears fits the schemas of the table, and a request is not among it', async () => {
  const operator = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
  const asker = await Asker.start(rig.box.application.apiKey);
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { result } = await asker.ask('dial', { sip: { uri: phone.uri } });
  await phone.sip.logged('ANSWERED');
  await asker.ask('hangup', { call: result.call });
  await operator.find('the end', ({ payload }) => payload.event === 'callDestroyed');
  for (const name of ['status', 'info', 'health'])
    await operator.find(name, ({ topic, retained }) => topic.endsWith(`/${name}`) && retained);
  for (const { topic, payload } of operator.messages) {
    const row = rowOf(topic);
    assert.ok(row, topic);
    if (Object.keys(payload).length === 0) assert.ok(row.retained, `${topic} is empty`);
    else
      assert.ok(
        Value.Check(row.schema, payload),
        `${topic}: ${JSON.stringify([...Value.Errors(row.schema, payload)])}`,
      );
  }
  assert.equal(operator.on(/\/request\//), []);
  assert.is(operator.on(/\/response\/dial$/).length, 1);
  await rig.box.idle();
});

/** Of the table, by the shape of the topic. */
function rowOf(topic: string): TopicRow | undefined {
  const levels = topic.split('/');
  const [box = '', project = '', id = ''] = [levels[1], levels[3], levels[5]];
  const place = { box, project, call: id, session: id, trunk: levels[3] ?? '', alert: levels[3] ?? '' };
  return topicTable.find(row => row.topic(place) === topic);
}

rig.run();
