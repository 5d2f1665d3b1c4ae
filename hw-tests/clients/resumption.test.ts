import * as assert from 'uvu/assert';
import type { Told } from '../../firmware/api/testing/event-client.ts';
import { Rig } from '../rig/rig.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';
import { until } from '../rig/until.ts';
import { connectionOf, enter, keyOf, resume } from './clients-rig.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

async function relay(): Promise<TcpRelay> {
  const { hostname, port } = new URL(rig.box.facts.http);
  return rig.keep(await TcpRelay.open({ host: hostname, port: Number(port) }));
}

const signals = (told: readonly Told[]) => told.filter(({ type }) => type === 'signal').map(({ data }) => Number(data));

rig.test('cut again and again under 200 signals, a client loses none and hears none twice', async () => {
  const session = await rig.box.application.createSession();
  const network = await relay();
  const sender = await enter(rig, session);
  let client = await enter(rig, session, {}, network.url);
  const key = keyOf(client);
  const told: Told[] = [...client.told];
  let sent = 0;
  const signal = () => sender.send({ type: 'signal', id: 10_000 + sent, signalType: 'n', data: String(sent++) });
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) signal();
    await sender.until('its own signals', () => (signals(sender.told).length === sent ? true : undefined));
    // What comes from now on is lost on the way, and the box does not know yet.
    network.swallow();
    for (let i = 0; i < 20; i++) signal();
    await sender.until('its own signals', () => (signals(sender.told).length === sent ? true : undefined));
    network.cut();
    await client.closed;
    told.splice(0, told.length, ...new Map([...told, ...client.told].map(each => [each.n, each])).values());
    client = await resume(rig, session, key, told.at(-1)?.n ?? 0, network.url);
    assert.is((await client.next('resumed')).n, (told.at(-1)?.n ?? 0) + 1);
    await client.until('all so far', () =>
      [...told, ...client.told].filter(({ type }) => type === 'signal').length === sent ? true : undefined,
    );
    // 20 a second may be sent.
    await new Promise(resolve => setTimeout(resolve, 2_000));
  }
  told.push(...client.told);
  assert.is(sent, 200);
  assert.equal(
    told.map(({ n }) => n),
    told.map((_, i) => i + 1),
  );
  assert.equal(
    signals(told),
    Array.from({ length: 200 }, (_, i) => i),
  );
});

rig.test('a client that does not come back within 30 s has left, as who watches is told', async () => {
  const session = await rig.box.application.createSession();
  const network = await relay();
  const other = await enter(rig, session);
  const client = await enter(rig, session, {}, network.url);
  const id = connectionOf(client);
  network.cut();
  const pings = setInterval(() => other.send({ type: 'ping', id: Date.now() }), 10_000);
  try {
    const { connectionId, reason } = await other.until(
      'the end of the other one',
      () => other.told.find(({ type }) => type === 'connectionDestroyed'),
      35_000,
    );
    assert.equal([connectionId, reason], [id, 'networkDisconnected']);
  } finally {
    clearInterval(pings);
  }
  const late = await resume(rig, session, keyOf(client), client.lastNumber);
  assert.is((await late.closed).code, 4410);
});

rig.test('after kill -9 a resumption is refused, and the end of each connection is told', async () => {
  const session = await rig.box.application.createSession();
  const client = await enter(rig, session, { data: 'who was there' });
  const [id, key] = [connectionOf(client), keyOf(client)];
  await rig.own.kill();
  await client.closed;
  await rig.own.startAgain();
  const again = await resume(rig, session, key, client.lastNumber);
  assert.is((await again.closed).code, 4410);
  // What was told just before the death may be told again.
  const about = () => [
    ...new Map(
      rig.webhook.received
        .filter(({ path, body }) => path === '/session' && body.sessionId === session)
        .map(({ body, headers }) => [
          headers['x-crosspoint-event-id'],
          [body.event, body.connection?.id ?? null, body.reason ?? null],
        ]),
    ).values(),
  ];
  await until('the end to be told', () => about().some(([event]) => event === 'sessionDestroyed'), {
    limitMs: 30_000,
    state: about,
  });
  assert.equal(about(), [
    ['sessionCreated', null, null],
    ['connectionCreated', id, null],
    ['connectionDestroyed', id, 'networkDisconnected'],
    ['sessionDestroyed', null, null],
  ]);
  // The session is there, and can be entered anew.
  const anew = await enter(rig, session);
  assert.is(anew.told[0]?.connections.length, 1);
});

rig.test('a box that shuts down in order says so, and tells of every end', async () => {
  const session = await rig.box.application.createSession();
  const client = await enter(rig, session);
  await rig.own.stop();
  assert.is((await client.closed).code, 1001);
  await rig.own.startAgain();
  await until('the end to be told', () =>
    rig.webhook.received.some(({ body }) => body.event === 'sessionDestroyed' && body.sessionId === session),
  );
});

rig.run();
