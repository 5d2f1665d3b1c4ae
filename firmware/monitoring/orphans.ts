import { Compile } from 'typebox/compile';
import type { Clock } from '../base/clock.ts';
import { endedCall } from '../calls/call-facts.ts';
import { killed } from '../calls/reasons.ts';
import { verdictOf } from '../calls/verdict.ts';
import { CallFacts, type CallRecord } from '../records/call-record.ts';
import type { Telling } from '../scripts/leader.ts';
import type { SessionEvent } from '../sessions/events.ts';
import type { LeftCall, LiveMember } from '../store/rows.ts';
import type { EventRecorder } from './event-recorder.ts';

const isFacts = Compile(CallFacts);

const KILLED = verdictOf(killed, 'box', 'outbound');

/**
 * Ends, in the record, the calls that a killed process left: nobody else will ever tell that they are over.
 * Run it before the first call of this process. Answers how many there were, once their ends are committed.
 */
export async function endOrphanedCalls(
  store: { liveCalls(): Promise<readonly LeftCall[]> },
  recorder: EventRecorder,
  clock: Clock,
): Promise<number> {
  const orphans = await store.liveCalls();
  const time = clock.now();
  await Promise.all(
    orphans.flatMap(({ id, project, session, connection, createdAt, state, facts, lastWords }) => {
      const call = { id, project, session, connection, createdAt };
      const destroyed = { type: 'callDestroyed', time, call, reason: KILLED } as const;
      const end = () => recorder.record(destroyed, recordOf(facts, time));
      // Killed between the two events that end a call: the first one has been told.
      if (state === 'HANGUP') return [end()];
      return [
        recorder.record({ type: 'callUpdated', time, call, state: 'HANGUP' }),
        ...tellingsIn(lastWords).map(telling => recorder.record({ type: 'applicationTold', time, call, telling })),
        end(),
      ];
    }),
  );
  return orphans.length;
}

/** What this process itself, or a former one, has written down. */
function tellingsIn(lastWords: string | null): Telling[] {
  return lastWords === null ? [] : (JSON.parse(lastWords) as Telling[]);
}

/** When it really ended nobody knows: at the latest when it was found. Undefined where a former release kept no facts. */
function recordOf(facts: string | null, time: number): CallRecord | undefined {
  const known: unknown = facts === null ? null : JSON.parse(facts);
  return isFacts.Check(known) ? endedCall(known, KILLED, time) : undefined;
}

/**
 * The same for connections, streams and sessions: whoever was in them is gone with the process. Run it after the calls
 * have ended, and before anybody enters. Answers how many connections there were.
 */
export async function endOrphanedMembers(
  store: { liveMembers(): Promise<readonly LiveMember[]> },
  recorder: EventRecorder,
  clock: Clock,
): Promise<number> {
  const begun = (await store.liveMembers()).map(({ event }) => JSON.parse(event) as SessionEvent);
  const time = clock.now();
  const reason = 'networkDisconnected';
  const streams = begun.filter(event => event.type === 'streamCreated');
  const connections = begun.filter(event => event.type === 'connectionCreated');
  const sessions = new Map(connections.map(({ project, session }) => [session, project]));
  const ends: SessionEvent[] = [
    ...streams.map(event => ({ ...event, type: 'streamDestroyed', time, reason }) as const),
    ...connections.map(event => ({ ...event, type: 'connectionDestroyed', time, reason }) as const),
    ...[...sessions].map(([session, project]) => ({ type: 'sessionDestroyed', time, project, session }) as const),
  ];
  await Promise.all(ends.map(event => recorder.record(event)));
  return connections.length;
}
