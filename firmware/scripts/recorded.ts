import type { Recordings } from '../sessions/recordings/recordings.ts';
import type { Recorded } from './outcome.ts';

/** Ends a recording, and says what came of it; null: nothing that can be played. Never rejects. */
export async function finishRecording(recordings: Pick<Recordings, 'stop'>, id: string): Promise<Recorded | null> {
  const record = await recordings.stop(id).catch(() => null);
  const [file] = record?.files ?? [];
  if (!record || !file || record.startedAt === null) return null;
  const { startedAt, endedAt, durationMs } = record;
  const ms = durationMs ?? file.durationMs ?? 0;
  return { id, seconds: ms / 1000, bytes: file.bytes ?? 0, startedAt, endedAt: endedAt ?? startedAt + ms };
}
