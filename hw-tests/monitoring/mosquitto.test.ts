import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Mosquitto } from '../rig/mosquitto.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { OwnBox } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const run = promisify(execFile);
const open: { close(): unknown }[] = [];
const keep = <T extends { close(): unknown }>(thing: T): T => {
  open.push(thing);
  return thing;
};
test.after.each(async () => {
  for (let thing = open.pop(); thing; thing = open.pop()) await thing.close();
});

const isStatus = (online: boolean) => (message: { topic: string; payload: Readonly<Record<string, unknown>> }) =>
  message.topic === 'crosspoint/test-box/status' && message.payload.online === online;

async function boxWithBroker() {
  const broker = keep(await Mosquitto.start());
  const operator = keep(await MqttListener.open(broker.url));
  const box = keep(await OwnBox.start({ mqttUrl: broker.url }));
  await operator.find('online', isStatus(true));
  return { broker, operator, box };
}

async function shortCall(box: OwnBox): Promise<string> {
  const callee = keep(await Sipp.start({ scenario: 'answer' }));
  const session = await box.application.createSession();
  const { id, connectionId } = await box.application.dial(session, `sip:x@127.0.0.1:${callee.port}`);
  await callee.logged('ANSWERED');
  await box.application.hangUp(session, connectionId);
  return id;
}

const storyOf = (operator: MqttListener, call: string) =>
  operator.on(new RegExp(`/call/${call}/event$`)).map(({ payload }) => payload.state ?? payload.event);
const WHOLE_STORY = ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed'];

localTest('the broker says offline when the box is killed, and online when it is back', async () => {
  const { box, operator } = await boxWithBroker();
  await box.kill();
  await operator.find('the last will', isStatus(false));
  operator.messages.length = 0;
  await box.startAgain();
  await operator.find('online again', isStatus(true));
});

localTest('a box that is stopped says so itself', async () => {
  const { box, operator } = await boxWithBroker();
  const { code } = await box.stop();
  assert.is(code, 0);
  await operator.find('offline', isStatus(false));
});

localTest('events of a call arrive once each, in order', async () => {
  const { box, operator } = await boxWithBroker();
  const call = await shortCall(box);
  await until('the whole story', () => storyOf(operator, call).length >= WHOLE_STORY.length);
  assert.equal(storyOf(operator, call), WHOLE_STORY);
});

localTest('what happens while the broker is away is told when it is back, in order', async () => {
  const { box, broker } = await boxWithBroker();
  await broker.stop();
  const calls = [await shortCall(box), await shortCall(box)];
  await broker.start();
  const operator = keep(await MqttListener.open(broker.url));
  for (const call of calls) {
    await until('the whole story', () => storyOf(operator, call).length >= WHOLE_STORY.length, {
      limitMs: 30_000,
      state: () => operator.messages.map(({ topic }) => topic),
    });
    const ids = operator.on(new RegExp(`/call/${call}/event$`)).map(({ payload }) => payload.id);
    assert.is(new Set(ids).size, WHOLE_STORY.length);
    assert.equal([...new Set(storyOf(operator, call))], WHOLE_STORY);
  }
});

localTest("the operator's own tools see it: mosquitto_sub", async () => {
  const { broker } = await boxWithBroker();
  const args = ['-h', '127.0.0.1', '-p', String(broker.port), '-t', 'crosspoint/+/status', '-C', '1', '-W', '5', '-v'];
  const { stdout } = await run('mosquitto_sub', [...args, '-u', broker.username, '-P', broker.password]);
  assert.match(stdout, /^crosspoint\/test-box\/status \{.*"online":true/);
  const refused = await run('mosquitto_sub', args).then(
    () => undefined,
    (error: { stderr: string }) => error.stderr,
  );
  assert.match(refused ?? '', /not authori[sz]ed/i);
});

test.run();
