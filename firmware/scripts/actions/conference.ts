import { type Acting, type After, GO_ON } from '../acting.ts';
import type { Conference } from '../action.ts';
import { within } from '../waiting.ts';

/**
 * Puts the call into a room until a key, time, the room's end or the script takes it out.
 * @throws CrosspointError script.room-full, session.…, media.…; the reason of the signal
 */
export async function conference(run: Acting, action: Conference, signal: AbortSignal): Promise<After> {
  const { clock } = run.call;
  const startedAt = clock.monotonic();
  await stay(run, action, signal);
  if (signal.aborted) throw signal.reason;
  if (!action.next) return GO_ON;
  const seconds = (clock.monotonic() - startedAt) / 1000;
  return run.continue(action.next, { kind: 'left', room: action.room, seconds }, signal);
}

async function stay(run: Acting, action: Conference, signal: AbortSignal): Promise<void> {
  const visit = within(signal);
  const silent = run.keys.listen(key => {
    if (action.leavesOnStar && key === '*') visit.abort();
  });
  const limit = action.limitMs === null ? null : run.call.clock.after(action.limitMs, () => visit.abort());
  try {
    await run.rooms.visit(run, action, visit.signal);
  } finally {
    silent();
    limit?.stop();
    visit.close();
  }
}
