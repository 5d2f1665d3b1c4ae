// What the events of a call cost, with its record and without: npx tsx firmware/monitoring/call-records.bench.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { type CallId, newId, type ProjectId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { agreedSide, writtenLeg, writtenServices } from '../calls/call.fixture.ts';
import { Call, type RecordCallEvent } from '../calls/call.ts';
import { endReasons } from '../calls/reasons.ts';
import { Store } from '../store/store.ts';
import { Recorder } from './recorder.ts';
import { MQTT_TARGET } from './targets.ts';

const CALLS = 2_000;
const AT_A_TIME = 50;
const ROUNDS = 7;

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
const store = new Store({ file: path.join(folder, 'bench.db'), clock: systemClock, log: silentLog });
await store.start();
const rows: number[] = [];
const recorder = new Recorder({
  store,
  clock: systemClock,
  box: 'bench',
  bootId: 'bench',
  webhooks: new Map(),
  stored: row => rows.push(row),
});

async function oneCall(record: RecordCallEvent): Promise<void> {
  const clock = new ManualClock(Date.now());
  const { services } = writtenServices(clock);
  const ref = {
    id: newId<CallId>(),
    project: '46000001' as ProjectId,
    session: null,
    connection: null,
    createdAt: clock.now(),
  };
  const description = { ref, direction: 'outbound', from: 'sip:+15550100@box', to: 'sip:bob@carrier' } as const;
  const side = agreedSide(writtenLeg('leg'), 'PCMU');
  const call = new Call(description, [side], { ...services, record }, async () => {});
  const created = call.created();
  call.dialling();
  call.ringing();
  call.active();
  await Promise.all([created, call.end('far-end', endReasons.normalClearing)]);
}

/** Microseconds of all threads a call. */
async function cost(record: RecordCallEvent): Promise<number> {
  const before = process.cpuUsage();
  for (let calls = 0; calls < CALLS; calls += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, () => oneCall(record)));
    await store.settle(MQTT_TARGET, rows.splice(0));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

const median = (values: number[]) => values.sort((one, other) => one - other)[values.length >> 1] ?? 0;
const [without, complete]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  without.push(await cost(event => recorder.record(event)));
  complete.push(await cost((event, about) => recorder.record(event, about)));
}
console.log(`events alone ${median(without).toFixed(0)} µs a call, with its record ${median(complete).toFixed(0)} µs`);
await store.close();
rmSync(folder, { recursive: true });
