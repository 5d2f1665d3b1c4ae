/**
 * Records whole calls, some at a time, and prints "<call id> <word>" for each event that is committed, until it is
 * killed. Arguments: database, webhook URL, broker URL.
 */
import { startBox } from './box.fixture.ts';
import { lifeOf, newCall, project } from './events.fixture.ts';
import { RemoteBroker } from './remote-broker.ts';

const [file = '', webhook = '', broker = ''] = process.argv.slice(2);
const box = await startBox(file, { [project]: { sipMonitoringUrl: webhook } }, { broker: new RemoteBroker(broker) });

async function live(begun: () => void): Promise<never> {
  for (;;) {
    const call = newCall();
    for (const event of lifeOf(call)) {
      await box.monitoring.recorder.record(event);
      process.stdout.write(`${call.id} ${event.type === 'callUpdated' ? event.state : event.type}\n`);
      begun();
    }
  }
}

// One step apart, so that whenever the end comes some calls are in their middle.
const lives: Promise<never>[] = [];
for (let i = 0; i < 10; i++) await new Promise<void>(begun => lives.push(live(begun)));
await Promise.all(lives);
