import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Dialling } from '../rig/dialling.ts';
import { Mosquitto } from '../rig/mosquitto.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { OwnBox } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';
import { until } from '../rig/until.ts';

const open: { close(): unknown }[] = [];
const keep = <T extends { close(): unknown }>(thing: T): T => {
  open.push(thing);
  return thing;
};
test.after.each(async () => {
  for (let thing = open.pop(); thing; thing = open.pop()) await thing.close();
});

const MAX_EVENTS = 100;

localTest(
  'a queue that is full drops its oldest: counted, in the log, an alert, and told before what follows',
  async () => {
    const broker = keep(await Mosquitto.start());
    // The box comes back after the operator, who would not hear otherwise what is not kept.
    const way = keep(await TcpRelay.open({ host: '127.0.0.1', port: broker.port }));
    const url = broker.urlFor(broker.username, broker.password, way.port);
    const mqtt = { url, queue: { maxEvents: MAX_EVENTS } };
    const box = keep(await OwnBox.start({ mqttUrl: url, config: { mqtt } }));
    way.closed = true;
    way.cut();
    const callee = keep(await Sipp.start({ scenario: 'answer-hang-up', calls: 1000, keys: { hold_ms: 50 } }));
    const session = await box.application.createSession();
    const dialling = Dialling.start(box.application, session, `sip:x@127.0.0.1:${callee.port}`, 20);
    await until('more events than there is room for', () => dialling.promised.length >= 30);
    await dialling.stop();
    await box.idle();
    const operator = keep(await MqttListener.open(broker.url));
    way.closed = false;
    const gap = await operator.find(
      'the gap',
      ({ topic }) => topic.endsWith(`/project/${box.application.apiKey}/gap`),
      40_000,
    );
    const events = () => operator.on(/\/event$/);
    await until('what was kept', () => events().length === MAX_EVENTS);
    assert.ok(operator.messages.indexOf(gap) < operator.messages.findIndex(({ topic }) => topic.endsWith('/event')));
    const { from, to, count } = gap.payload as Record<'from' | 'to', { sequence: number }> & { count: number };
    const sequences = events().map(({ payload }) => payload.sequence as number);
    assert.is(sequences[0], to.sequence + 1, 'what follows the gap is whole');
    assert.is(to.sequence - from.sequence + 1, count);
    assert.equal(
      sequences,
      Array.from({ length: MAX_EVENTS }, (_, at) => to.sequence + 1 + at),
    );
    await operator.find('the alert', ({ topic }) => topic.endsWith('/alert/events-dropped'));
    const alerts = await box.asOperator('GET', '/device/alerts');
    assert.match(alerts.text, '"id":"events-dropped"');
    await operator.find('health', ({ topic, payload }) => {
      const { queue } = payload as { queue?: { dropped: number } };
      return topic.endsWith('/health') && (queue?.dropped ?? 0) > 0;
    });
    assert.is(box.log().split('undelivered events dropped').length - 1, 1, 'it is logged once');
  },
);

test.run();
