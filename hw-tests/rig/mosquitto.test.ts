import mqtt from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Mosquitto } from './mosquitto.ts';
import { MqttListener } from './mqtt-listener.ts';

test('a listener hears what a client publishes, with topic, payload and whether it was retained', async () => {
  const broker = await Mosquitto.start();
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    username: broker.username,
    password: broker.password,
  });
  await client.publishAsync('crosspoint/box/status', '{"online":true}', { retain: true, qos: 1 });
  const listener = await MqttListener.open(broker.url);
  const status = await listener.find('the status', ({ topic }) => topic.endsWith('/status'));
  assert.equal(status.payload, { online: true });
  assert.is(status.retained, true);
  await client.publishAsync('crosspoint/box/telemetry', '{}');
  await listener.find('telemetry', ({ topic }) => topic.endsWith('/telemetry'));
  await Promise.all([client.endAsync(), listener.close()]);
  await broker.close();
});

test('a stranger is refused', async () => {
  const broker = await Mosquitto.start();
  try {
    await MqttListener.open(`mqtt://127.0.0.1:${broker.port}`);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /not authori[sz]ed/i);
  }
  await broker.close();
});

test.run();
