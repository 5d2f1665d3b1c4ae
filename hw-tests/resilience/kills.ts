import { setTimeout as sleep } from 'node:timers/promises';
import { Dialling } from '../rig/dialling.ts';
import { EventLedger } from '../rig/event-ledger.ts';
import { Mosquitto } from '../rig/mosquitto.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { OwnBox } from '../rig/own-box.ts';
import { seededRandom } from '../rig/seeded-random.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { WebhookReceiver } from '../rig/webhook-receiver.ts';

/** Between two kills calls come for so long at most. */
const LIFE_MS = 1_500;

/**
 * kill -9 of the service, so many times, each at a random moment in 20 calls a second: what the box has answered for, and
 * whatever else it has begun to tell, is told to the end on MQTT and to the webhook.
 */
export async function surviveKills(times: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const open: { close(): unknown }[] = [];
  const keep = <T extends { close(): unknown }>(thing: T): T => {
    open.unshift(thing);
    return thing;
  };
  try {
    const broker = keep(await Mosquitto.start());
    const reader = keep(await MqttListener.open(broker.url, { session: 'reader' }));
    const webhook = keep(await WebhookReceiver.open());
    const callee = keep(
      await Sipp.start({ scenario: 'answer-hang-up', calls: 100_000, limitSeconds: 3_600, keys: { hold_ms: 200 } }),
    );
    const box = keep(await OwnBox.start({ mqttUrl: broker.url, sipMonitoringUrl: webhook.url('/sip') }));
    const session = await box.application.createSession();
    const promised: string[] = [];
    for (let life = 0; life <= times; life++) {
      const dialling = Dialling.start(box.application, session, `sip:x@127.0.0.1:${callee.port}`, 20);
      await sleep(200 + random() * LIFE_MS);
      if (life < times) await box.kill();
      await dialling.stop();
      promised.push(...dialling.promised);
      if (life < times) await box.startAgain();
    }
    await box.idle(20_000);
    const ledger = () => new EventLedger(reader.messages, webhook.received);
    await until('the end of every call', () => ledger().unfinished(promised).length === 0, {
      limitMs: 30_000,
      everyMs: 200,
      state: () => ledger().unfinished(promised),
    });
    const { calls, events, repeated } = ledger().check(promised);
    console.log(`${times} kills (seed ${seed}): ${calls} calls, ${events} events, ${repeated} told again`);
  } finally {
    for (const thing of open) await thing.close();
  }
}
