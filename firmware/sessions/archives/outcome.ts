import type { RecordingFile, RecordingRecord } from '../recordings/recording.ts';
import { PACKAGE } from '../recordings/recording-folders.ts';
import type { Archive } from './archive.ts';

/** How an archive stands once its recording is over. */
export interface Outcome {
  readonly status: 'stopped' | 'failed';
  readonly reason: string;
  readonly durationMs: number;
  /** What can be played of it. */
  readonly files: readonly RecordingFile[];
}

/** The longest recording ends within a moment of its time. */
const NEARLY_MS = 1000;

/**
 * The reasons of the vendor where it has them. What was cut off, by a crash or a full disk, is as good as stopped when
 * something of it can be played: its reason says what is missing.
 *
 * @param archive as it was before
 * @param asked whether the application had it stopped
 * @param maxMs of a recording
 */
export function outcomeOf(archive: Archive, record: RecordingRecord, asked: boolean, maxMs: number): Outcome {
  const files = record.files.filter(({ name, bytes, durationMs }) => name !== PACKAGE && !!bytes && !!durationMs);
  const durationMs = record.durationMs ?? 0;
  if (record.status === 'stopped') return { status: 'stopped', reason: reasonOf(), durationMs, files };
  const reason = record.error?.message ?? record.status;
  return { status: files.length > 0 ? 'stopped' : 'failed', reason, durationMs, files };

  function reasonOf(): string {
    if (asked) return 'user initiated';
    if (archive.status === 'paused') return 'session ended';
    return durationMs >= maxMs - NEARLY_MS ? 'maximum duration exceeded' : 'stopped by the operator of the gateway';
  }
}
