import type { Clock } from '../base/clock.ts';
import { because, endReasons } from '../calls/reasons.ts';
import { verdictOf } from '../calls/verdict.ts';
import type { LiveCall } from '../store/rows.ts';
import type { EventRecorder } from './event-recorder.ts';

const KILLED = verdictOf(because(endReasons.unexpectedClearing, 'the service was killed'), 'box', 'outbound');

/**
 * Ends, in the record, the calls that a killed process left: nobody else will ever tell that they are over.
 * Run it before the first call of this process. Answers how many there were, once their ends are committed.
 */
export async function endOrphanedCalls(
  store: { liveCalls(): Promise<readonly LiveCall[]> },
  recorder: EventRecorder,
  clock: Clock,
): Promise<number> {
  const orphans = await store.liveCalls();
  const time = clock.now();
  await Promise.all(
    orphans.flatMap(({ id, project, session, connection, createdAt, state }) => {
      const call = { id, project, session, connection, createdAt };
      const destroyed = { type: 'callDestroyed', time, call, reason: KILLED } as const;
      // Killed between the two events that end a call: the first one has been told.
      if (state === 'HANGUP') return [recorder.record(destroyed)];
      return [recorder.record({ type: 'callUpdated', time, call, state: 'HANGUP' }), recorder.record(destroyed)];
    }),
  );
  return orphans.length;
}
