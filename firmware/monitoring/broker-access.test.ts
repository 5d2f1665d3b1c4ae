import { connectAsync, type MqttClient } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../base/log.ts';
import { Broker } from './broker.ts';
import { Mosquitto } from './mosquitto.fixture.ts';
import { mosquittoAcl } from './mosquitto-acl.ts';
import { Subscriber } from './subscriber.fixture.ts';
import { type TopicPlace, type TopicRow, topicTable } from './topic-table.ts';

const box = 'b1';
const logins = { service: 'service-secret', reader: 'reader-secret', a: 'secret-of-a', b: 'secret-of-b' };
const password = { a: { username: 'project-a', password: logins.a }, b: { username: 'project-b', password: logins.b } };
const placeOf = (project: string): TopicPlace => ({
  box,
  project,
  call: 'c1',
  session: 's1',
  trunk: 'carrier',
  alert: 'disk-low',
});
const rowsOf = (of: TopicRow['of']) => topicTable.filter(row => row.of === of);
/** The last message that a test publishes: whatever was to come has come before it. */
const END = `crosspoint/${box}/project/a/response/end`;

interface Place {
  urlFor(user: 'service' | 'reader' | 'a' | 'b'): string;
  close(): Promise<void>;
}

/** Both brokers, with the same logins. */
const brokers: Readonly<Record<string, () => Promise<Place>>> = {
  async mosquitto() {
    const broker = await new Mosquitto({
      users: { reader: logins.reader, 'project-a': logins.a, 'project-b': logins.b },
      acl: mosquittoAcl({ box, service: 'box', projects: ['a', 'b'], homeAssistant: true }),
    }).start();
    return {
      urlFor: user =>
        user === 'service' ? broker.url : broker.urlFor(user === 'reader' ? 'reader' : `project-${user}`, logins[user]),
      close: () => broker.close(),
    };
  },
  async 'the embedded broker'() {
    const service = { username: 'service', password: logins.service };
    const reader = { username: 'reader', password: logins.reader };
    const options = { box, host: '127.0.0.1', port: 0, service, reader, projects: password, log: silentLog };
    const broker = new Broker(options);
    await broker.start();
    return {
      urlFor: user => {
        const name = user === 'service' || user === 'reader' ? user : `project-${user}`;
        return `mqtt://${name}:${logins[user]}@127.0.0.1:${broker.address.port}`;
      },
      close: () => broker.close(),
    };
  },
};

async function login(url: string): Promise<MqttClient> {
  const { hostname: host, port, username, password: secret } = new URL(url);
  const options = { host, port: Number(port), username, password: decodeURIComponent(secret), reconnectPeriod: 0 };
  const client = await connectAsync(options);
  client.on('error', () => undefined);
  return client;
}

/** Publishes, and waits until the broker has taken it or has thrown the client out. */
async function publish(url: string, topic: string, retain: boolean): Promise<void> {
  const client = await login(url);
  const thrownOut = new Promise<void>(resolve => client.once('close', () => resolve()));
  await Promise.race([thrownOut, client.publishAsync(topic, '{}', { qos: 1, retain }).catch(() => undefined)]);
  await client.endAsync(true);
}

/** What somebody hears of these topics who has asked for every one of them by name, and by all that match them. */
async function hears(place: Place, user: 'reader' | 'a' | 'b', topics: readonly string[]): Promise<Set<string>> {
  const filters = ['#', 'crosspoint/#', `crosspoint/${box}/project/+/#`, `crosspoint/+/project/a/#`, END, ...topics];
  const subscribers: Subscriber[] = [];
  for (const filter of filters) {
    const subscriber = new Subscriber();
    // A refused one hears nothing, or is thrown out.
    await subscriber.start(place.urlFor(user), filter).catch(() => undefined);
    subscribers.push(subscriber);
  }
  const witness = await new Subscriber().start(place.urlFor('service'), '#');
  for (const topic of [...topics, END]) await publish(place.urlFor('service'), topic, false);
  await witness.until(heard => heard.some(({ topic }) => topic === END));
  if (user !== 'b') await Promise.race(subscribers.map(each => each.until(all => all.some(one => one.topic === END))));
  // One more round trip after the last message: what was on its way is there.
  for (const subscriber of subscribers) await subscriber.settled();
  for (const each of [...subscribers, witness]) await each.close();
  return new Set(subscribers.flatMap(({ heard }) => heard.map(({ topic }) => topic)).filter(topic => topic !== END));
}

for (const [name, start] of Object.entries(brokers)) {
  test(`${name}: a project hears all of its own topics and none of another's or of the box`, async () => {
    const place = await start();
    const own = rowsOf('project').map(({ topic }) => topic(placeOf('a')));
    const boxes = rowsOf('box').map(({ topic }) => topic(placeOf('a')));
    assert.equal([...(await hears(place, 'a', [...own, ...boxes]))].sort(), [...own].sort());
    assert.equal([...(await hears(place, 'b', [...own, ...boxes]))], []);
    await place.close();
  });

  test(`${name}: the operator's reader hears everything but what applications ask for`, async () => {
    const place = await start();
    const all = topicTable.map(({ topic }) => topic(placeOf('a')));
    const asked = topicTable.filter(({ from }) => from === 'application').map(({ topic }) => topic(placeOf('a')));
    const heard = await hears(place, 'reader', all);
    assert.equal([...heard].sort(), all.filter(topic => !asked.includes(topic)).sort());
    await place.close();
  });

  test(`${name}: a project publishes its own requests and nothing else, a reader nothing`, async () => {
    const place = await start();
    const witness = await new Subscriber().start(place.urlFor('service'), '#');
    for (const user of ['a', 'b', 'reader'] as const)
      for (const { topic, retained } of topicTable) await publish(place.urlFor(user), topic(placeOf('a')), retained);
    await publish(place.urlFor('service'), END, false);
    await witness.until(heard => heard.some(({ topic }) => topic === END));
    const requests = topicTable.filter(({ from }) => from === 'application').map(({ topic }) => topic(placeOf('a')));
    const heard = witness.heard.map(({ topic }) => topic).filter(topic => topic !== END);
    assert.equal(heard, requests, 'once each, from a');
    await witness.close();
    await place.close();
  });
}

test('the embedded broker refuses subscriptions that would cross, and retained requests', async () => {
  const place = await brokers['the embedded broker']!();
  const client = await login(place.urlFor('a'));
  for (const filter of [
    '#',
    'crosspoint/#',
    `crosspoint/${box}/project/+/call/#`,
    `crosspoint/+/project/a/#`,
    '$SYS/#',
  ]) {
    const answer = await client.subscribeAsync(filter, { qos: 1 }).catch((error: Error) => error);
    assert.ok(answer instanceof Error || answer[0]?.qos === 128, filter);
  }
  const [granted] = await client.subscribeAsync(`crosspoint/${box}/project/a/#`, { qos: 1 });
  assert.is(granted?.qos, 1);
  await client.endAsync(true);
  const witness = await new Subscriber().start(place.urlFor('service'), '#');
  await publish(place.urlFor('a'), `crosspoint/${box}/project/a/request/status`, true);
  await publish(place.urlFor('service'), END, false);
  await witness.until(heard => heard.some(({ topic }) => topic === END));
  assert.is(witness.heard.length, 1);
  await witness.close();
  await place.close();
});

test.run();
