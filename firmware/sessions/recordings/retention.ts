import { isOver, type RecordingRecord } from './recording.ts';

export interface RetentionLimits {
  readonly maxAgeMs: number;
  /** Of all recordings that are over, together. */
  readonly maxBytes: number;
}

/** A store with more rows than that would cost more than it is worth: they are all in memory. */
const MAX_RECORDINGS = 10_000;

/** What has to go: what is too old, and of the others the oldest until the rest fits. What runs stays. */
export function expired(records: readonly RecordingRecord[], limits: RetentionLimits, now: number): RecordingRecord[] {
  const over = records.filter(isOver).sort((a, b) => b.createdAt - a.createdAt);
  let bytes = 0;
  return over.filter((record, index) => {
    bytes += bytesOf(record);
    const tooOld = (record.endedAt ?? record.createdAt) < now - limits.maxAgeMs;
    return tooOld || bytes > limits.maxBytes || index >= MAX_RECORDINGS;
  });
}

function bytesOf({ files }: RecordingRecord): number {
  return files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
}
