import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ConnectionEndReason, SessionEvent } from './events.ts';
import type { SessionEventRecorder } from './ports.ts';
import type { Member, Session } from './session.ts';

/** Tells the recorder who came, published and went. Failures are logged: a call goes on without its events. */
export class Announcer {
  readonly #events: SessionEventRecorder;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(events: SessionEventRecorder, clock: Clock, log: Log) {
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * A session begins, for those who watch, with its first member.
   * @returns rejects when an event could not be committed; may be ignored
   */
  arrived(session: Session, { connection }: Member, isFirst: boolean): Promise<void> {
    const about = this.#about(session);
    const told = [
      ...(isFirst ? [this.#record({ ...about, type: 'sessionCreated' })] : []),
      this.#record({ ...about, type: 'connectionCreated', connection }),
    ];
    return ignorable(Promise.all(told).then(() => undefined));
  }

  published(session: Session, { connection, stream }: Member): void {
    void ignorable(this.#record({ ...this.#about(session), type: 'streamCreated', connection, stream }));
  }

  /** @returns resolves when every event is committed or has failed; never rejects */
  async left(session: Session, member: Member, reason: ConnectionEndReason, wasLast: boolean): Promise<void> {
    const { connection, stream, published } = member;
    const about = this.#about(session);
    await Promise.allSettled([
      ...(published ? [this.#record({ ...about, type: 'streamDestroyed', connection, stream, reason })] : []),
      this.#record({ ...about, type: 'connectionDestroyed', connection, reason }),
      ...(wasLast ? [this.#record({ ...about, type: 'sessionDestroyed' })] : []),
    ]);
  }

  #about({ project, id }: Session): Pick<SessionEvent, 'time' | 'project' | 'session'> {
    return { time: this.#clock.now(), project, session: id };
  }

  async #record(event: SessionEvent): Promise<void> {
    try {
      await this.#events.record(event);
    } catch (error) {
      this.#log.error({ event: event.type, problem: messageOf(error) }, 'an event could not be stored');
      throw error;
    }
  }
}

/** A rejection that nobody waits for would end the process; those who do wait still see it. */
function ignorable(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
