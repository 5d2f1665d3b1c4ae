import type { LedCall } from '../calls/led/led-call.ts';
import type { LegRequest, SessionRequest } from '../sessions/recordings/new-recording.ts';
import type { Recordings } from '../sessions/recordings/recordings.ts';
import type { RecordTerms } from './action.ts';
import type { Happening } from './leader.ts';
import type { Recorded } from './outcome.ts';

/** Whose script records, and by what action. */
export interface RecordedBy {
  readonly guest: { readonly led: LedCall; happened(happening: Happening): void };
  readonly terms: RecordTerms;
  readonly source: Extract<Happening, { kind: 'recording' }>['source'];
}

/** A call, with what it says and what it hears. */
export function callOf({ led }: RecordedBy['guest'], { channels }: RecordTerms): Omit<LegRequest, Filled> {
  return { project: led.call.ref.project, leg: led.leg.id, channels: channels === 'dual' ? 2 : 1 };
}

type Filled = 'call' | 'source' | 'format';

/** Begins to record, and tells of it. Resolves with the recording's id. @throws CrosspointError session.…, media.… */
export async function beginRecording(
  recordings: Pick<Recordings, 'begin'>,
  by: RecordedBy,
  what: Omit<SessionRequest, Filled> | Omit<LegRequest, Filled>,
): Promise<string> {
  const { guest, terms, source } = by;
  const format = terms.format === 'ogg' ? 'ogg' : 'wav';
  const { id } = await recordings.begin({ ...what, call: guest.led.call.ref.id, source, format });
  guest.happened({ kind: 'recording', what: 'started', terms, source, recorded: null, id });
  return id;
}

/** Ends it, and tells what came of it; null: nothing that can be played. Never rejects. */
export async function endRecording(
  recordings: Pick<Recordings, 'stop'>,
  { guest, terms, source }: RecordedBy,
  id: string,
): Promise<Recorded | null> {
  const recorded = await stopped(recordings, id);
  guest.happened({ kind: 'recording', what: recorded ? 'completed' : 'failed', terms, source, recorded, id });
  return recorded;
}

async function stopped(recordings: Pick<Recordings, 'stop'>, id: string): Promise<Recorded | null> {
  const record = await recordings.stop(id).catch(() => null);
  const [file] = record?.files ?? [];
  if (!record || !file || record.startedAt === null) return null;
  const { startedAt, endedAt, durationMs } = record;
  const ms = durationMs ?? file.durationMs ?? 0;
  return { id, seconds: ms / 1000, bytes: file.bytes ?? 0, startedAt, endedAt: endedAt ?? startedAt + ms };
}
