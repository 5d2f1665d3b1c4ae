/** Records numbered events and prints each number that was answered, until it is killed. */
import { systemClock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { Store } from './store.ts';

const store = new Store({ file: process.argv[2] ?? '', clock: systemClock, log: silentLog });
await store.start();
for (let number = 1; ; ) {
  const group: Promise<void>[] = [];
  for (const end = number + 50; number < end; number++) {
    const mine = number;
    const event = { id: newId<never>(), key: 'k', recordedAt: Date.now(), targets: ['a'], body: String(mine) };
    group.push(store.record(event, null).then(() => void process.stdout.write(`${mine}\n`)));
  }
  await Promise.race(group);
}
