import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { Dialling } from '../rig/dialling.ts';
import { EventLedger } from '../rig/event-ledger.ts';
import { Mosquitto } from '../rig/mosquitto.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { OwnBox } from '../rig/own-box.ts';
import { Sipp } from '../rig/sipp.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';
import { until } from '../rig/until.ts';
import { WebhookReceiver } from '../rig/webhook-receiver.ts';

/**
 * The message that mosquitto has written to a reader is the reader's, also when it is killed at once; those that wait because
 * the reader has not acknowledged enough would be lost with it, and nobody but the broker could help that.
 */
const NO_WINDOW = ['max_inflight_messages 0'];

/** How long mosquitto stands still, and how long calls come between its troubles; milliseconds. */
export interface Outage {
  readonly stoppedMs: number;
  readonly betweenMs: number;
}

/**
 * Calls, 20 a second, while mosquitto is stopped, goes on, is killed, and comes back knowing nothing. A reader that keeps a
 * session there and a webhook are told everything.
 */
export async function surviveOutages({ stoppedMs, betweenMs }: Outage): Promise<void> {
  const open: { close(): unknown }[] = [];
  const keep = <T extends { close(): unknown }>(thing: T): T => {
    open.unshift(thing);
    return thing;
  };
  try {
    const broker = keep(await Mosquitto.start({ lines: NO_WINDOW }));
    // The box comes back after the reader: what is published before anybody has subscribed nobody hears.
    const way = keep(await TcpRelay.open({ host: '127.0.0.1', port: broker.port }));
    const reader = keep(await MqttListener.open(broker.url, { session: 'reader' }));
    const webhook = keep(await WebhookReceiver.open());
    const callee = keep(
      await Sipp.start({ scenario: 'answer-hang-up', calls: 100_000, limitSeconds: 3_600, keys: { hold_ms: 200 } }),
    );
    const mqttUrl = broker.urlFor(broker.username, broker.password, way.port);
    const box = keep(await OwnBox.start({ mqttUrl, sipMonitoringUrl: webhook.url('/sip') }));
    const session = await box.application.createSession();
    const dialling = Dialling.start(box.application, session, `sip:x@127.0.0.1:${callee.port}`, 20);

    await sleep(betweenMs);
    broker.pause();
    await sleep(stoppedMs);
    broker.resume();
    await sleep(betweenMs);

    way.closed = true;
    await broker.kill();
    await sleep(betweenMs);
    await broker.start();
    await until('the reader to be back', () => reader.connected, { limitMs: 5_000 });
    await reader.settled();
    way.closed = false;
    await sleep(betweenMs);

    await dialling.stop();
    assert.is(dialling.refused, 0, 'no call waits for a broker');
    await box.idle(20_000);
    const ledger = () => new EventLedger(reader.messages, webhook.received);
    await until('the end of every call', () => ledger().unfinished(dialling.promised).length === 0, {
      limitMs: 45_000,
      everyMs: 200,
      state: () => ledger().unfinished(dialling.promised),
    });
    const { calls, events, repeated } = ledger().check(dialling.promised);
    console.log(`${calls} calls, ${events} events, ${repeated} told again`);
  } finally {
    for (const thing of open) await thing.close();
  }
}
