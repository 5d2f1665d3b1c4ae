import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import type { ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { Store } from '../store/store.ts';
import type { Envelope } from './envelope.ts';
import { lifeOf, newCall, project } from './events.fixture.ts';
import { Mosquitto } from './mosquitto.fixture.ts';
import { MqttPublisher } from './mqtt.ts';
import { Recorder } from './recorder.ts';
import { RemoteBroker } from './remote-broker.ts';
import { Subscriber } from './subscriber.fixture.ts';
import { MQTT_TARGET } from './targets.ts';
import { gapTopic } from './topic-names.ts';
import { GapMessage } from './topics-box.ts';

const folder = mkdtempSync(join(tmpdir(), 'gaps-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('events that had to be dropped while the broker was away are missing, and it is told which, before those that follow', async () => {
  const mosquitto = await new Mosquitto().start();
  const limits = { targets: { [MQTT_TARGET]: { maxPending: 10, maxBytes: 1_000_000 } } };
  const store = new Store({ file: join(folder, 'box.db'), clock: systemClock, log: silentLog, limits });
  await store.start();
  const common = { box: 'b1', bootId: 'boot', clock: systemClock, store };
  const publisher = new MqttPublisher({ ...common, broker: new RemoteBroker(mosquitto.url), log: silentLog });
  const stored = (row: number, envelope: Envelope) => publisher.stored(row, envelope);
  const recorder = new Recorder({ ...common, webhooks: new Map(), stored });
  await mosquitto.stop();
  const other = newCall({ project: 'other' as ProjectId });
  await recorder.record(lifeOf(other)[0]!);
  for (let i = 0; i < 4; i++) for (const event of lifeOf(newCall())) await recorder.record(event);
  assert.is(store.dropped, 15);
  await mosquitto.start();
  const subscriber = await new Subscriber().start(mosquitto.url);
  publisher.start();
  await subscriber.until(() => subscriber.events().length === 10);
  const told = subscriber.heard.filter(({ topic }) => topic.endsWith('/gap') || topic.endsWith('/event'));
  const gaps = told.filter(({ topic }) => topic.endsWith('/gap'));
  assert.equal(told.slice(0, 2), gaps, 'the gaps come first');
  for (const { payload, retain } of gaps) {
    assert.ok(Value.Check(GapMessage, payload), JSON.stringify([...Value.Errors(GapMessage, payload)]));
    assert.not.ok(retain);
  }
  const own = gaps.find(({ topic }) => topic === gapTopic('b1', project))?.payload;
  assert.equal([own.from.sequence, own.to.sequence, own.count], [2, 15, 14]);
  const theirs = gaps.find(({ topic }) => topic === gapTopic('b1', 'other'))?.payload;
  assert.equal([theirs.from.sequence, theirs.to.sequence, theirs.count], [1, 1, 1]);
  assert.is(subscriber.events()[0]?.payload.sequence, 16, 'what follows is whole');
  while ((await store.gaps(MQTT_TARGET)).length > 0) await new Promise(resolve => setTimeout(resolve, 5));
  await publisher.close();
  await store.close();
  await subscriber.close();
  await mosquitto.close();
});

test.run();
