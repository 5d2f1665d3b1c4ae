import { Compile } from 'typebox/compile';
import type { Log } from '../base/log.ts';
import type { RecordingStore } from '../sessions/recordings/ports.ts';
import { RecordingRecord } from '../sessions/recordings/recording.ts';
import type { Store } from './store.ts';

const isRecord = Compile(RecordingRecord);

/** Recordings, as the store keeps them. */
export function recordingRecords(store: Store['recordings'], log: Log): RecordingStore {
  return {
    save: async record => {
      await store.save({ id: record.id, createdAt: record.createdAt, record: JSON.stringify(record) });
    },
    all: async () =>
      (await store.all()).flatMap(({ id, record }) => {
        const parsed: unknown = JSON.parse(record);
        if (isRecord.Check(parsed)) return [parsed];
        log.warn({ recording: id }, 'a recording was stored by another release in a way that this one does not know');
        return [];
      }),
    delete: async id => {
      await store.delete(id);
    },
  };
}
