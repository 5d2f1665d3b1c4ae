import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { startBox } from './box.fixture.ts';
import { inWords, lifeOf, newCall, project } from './events.fixture.ts';
import { Mosquitto } from './mosquitto.fixture.ts';
import { MqttPublisher } from './mqtt.ts';
import { RemoteBroker } from './remote-broker.ts';
import { matches } from './retained.ts';
import { type Heard, Subscriber } from './subscriber.fixture.ts';
import { alertTopic, callStateTopic } from './topic-names.ts';

const folder = mkdtempSync(join(tmpdir(), 'retained-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const memory = { outbox: async () => [], settle: async () => undefined };

/** The publisher of a process of the box. */
function newProcess(broker: Mosquitto, bootId: string): MqttPublisher {
  const options = { broker: new RemoteBroker(broker.url), box: 'b1', bootId, clock: systemClock, log: silentLog };
  const publisher = new MqttPublisher({ ...options, store: memory });
  publisher.start();
  return publisher;
}

/** What somebody who comes now is told at once. */
async function keptAt(broker: Mosquitto): Promise<string[]> {
  const late = await new Subscriber().start(broker.url);
  await late.settled();
  await late.close();
  return late.heard.map(({ topic }) => topic).filter(topic => !topic.endsWith('/status'));
}

const is = (topic: string, empty: boolean) => (heard: readonly Heard[]) =>
  heard.some(each => each.topic === topic && (Object.keys(each.payload).length === 0) === empty);

test('who comes later is told what is kept, and nothing of what was cleared', async () => {
  const broker = await new Mosquitto().start();
  const watcher = await new Subscriber().start(broker.url);
  const publisher = newProcess(broker, 'one');
  const [first, second] = [alertTopic('b1', 'first'), alertTopic('b1', 'second')];
  publisher.retained.set(first, '{"on":1}');
  publisher.retained.set(second, '{"on":1}');
  await watcher.until(is(second, false));
  assert.equal((await keptAt(broker)).sort(), [first, second]);
  publisher.retained.clear(first);
  await watcher.until(is(first, true));
  assert.equal(await keptAt(broker), [second]);
  await publisher.close();
  await watcher.close();
  await broker.close();
});

test('what a killed process had the broker keep is cleared by the next one, and what still is stays', async () => {
  const broker = await new Mosquitto().start();
  const watcher = await new Subscriber().start(broker.url);
  const killed = newProcess(broker, 'one');
  const [state, over, still] = [callStateTopic('b1', 'p', 'c'), alertTopic('b1', 'over'), alertTopic('b1', 'still')];
  for (const topic of [state, over, still]) killed.retained.set(topic, '{"on":1}');
  await watcher.until(heard => [state, over, still].every(topic => is(topic, false)(heard)));
  const next = newProcess(broker, 'two');
  next.retained.set(still, '{"on":1}');
  await watcher.until(heard => [state, over].every(topic => is(topic, true)(heard)));
  assert.equal(await keptAt(broker), [still]);
  await next.close();
  await killed.close();
  await watcher.close();
  await broker.close();
});

test('the state of a call follows its events, says who talks, and is gone when it is over', async () => {
  const broker = await new Mosquitto().start();
  const watcher = await new Subscriber().start(broker.url);
  const parties = { direction: 'outbound', from: 'sip:a@b', to: 'sip:c@d' } as const;
  const box = await startBox(
    join(folder, 'box.db'),
    {},
    { broker: new RemoteBroker(broker.url), parties: () => parties },
  );
  const call = newCall();
  const topic = callStateTopic('b1', project, call.id);
  const [created, dialling, ringing, active, hangup, destroyed] = lifeOf(call);
  for (const event of [created!, dialling!]) void box.monitoring.recorder.record(event);
  const states = () => watcher.heard.filter(heard => heard.topic === topic);
  await watcher.until(() => states().length === 1);
  assert.equal([states()[0]?.payload.state, states()[0]?.payload.parties], ['DIALING', parties]);
  // What comes at once is told of at once.
  for (const event of [ringing!, active!]) void box.monitoring.recorder.record(event);
  void box.monitoring.recorder.record({ type: 'callMuteChanged', time: 9, call, muted: true, by: 'operator' });
  await watcher.until(() => states().length === 2);
  assert.equal([states()[1]?.payload.state, states()[1]?.payload.muted], ['ACTIVE', true]);
  assert.ok((await keptAt(broker)).includes(topic));
  for (const event of [hangup!, destroyed!]) void box.monitoring.recorder.record(event);
  await watcher.until(is(topic, true));
  assert.not.ok((await keptAt(broker)).includes(topic));
  assert.is(inWords(watcher.events().map(({ payload }) => payload)).length, 7);
  await box.close();
  await watcher.close();
  await broker.close();
});

test('a filter matches level by level', () => {
  assert.ok(matches('a/+/c', 'a/b/c'));
  assert.not.ok(matches('a/+/c', 'a/b/c/d'));
  assert.not.ok(matches('a/+', 'a'));
  assert.not.ok(matches('a/b', 'a/c'));
});

test.run();
