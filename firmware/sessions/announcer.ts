import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ConnectionEndReason, SessionEvent, StreamEndReason } from './events.ts';
import type { SessionEventRecorder } from './ports.ts';
import type { LiveConnection, LiveSession, LiveStream } from './session.ts';
import { connectionView, streamRef, streamView, tellAll } from './views.ts';

/**
 * Tells who came, published and went: the recorder, and whoever is in the session. Failures to record are logged: a call
 * goes on without its events.
 */
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
   * A session begins, for those who watch, with its first connection.
   * @returns rejects when an event could not be committed; may be ignored
   */
  arrived(live: LiveSession, connection: LiveConnection, isFirst: boolean): Promise<void> {
    const about = this.#about(live);
    tellAll(live, { type: 'connectionCreated', connection: connectionView(connection) });
    const told = [
      ...(isFirst ? [this.#record({ ...about, type: 'sessionCreated' })] : []),
      this.#record({ ...about, type: 'connectionCreated', connection: connection.ref }),
    ];
    return ignorable(Promise.all(told).then(() => undefined));
  }

  /** @returns as of `arrived` */
  published(live: LiveSession, { ref: connection }: LiveConnection, stream: LiveStream): Promise<void> {
    tellAll(live, { type: 'streamCreated', stream: streamView(stream) });
    return ignorable(
      this.#record({ ...this.#about(live), type: 'streamCreated', connection, stream: streamRef(stream) }),
    );
  }

  /** @returns as of `arrived` */
  unpublished(
    live: LiveSession,
    { ref: connection }: LiveConnection,
    stream: LiveStream,
    reason: StreamEndReason,
  ): Promise<void> {
    tellAll(live, { type: 'streamDestroyed', streamId: stream.id, connectionId: connection.id, reason });
    return ignorable(
      this.#record({ ...this.#about(live), type: 'streamDestroyed', connection, stream: streamRef(stream), reason }),
    );
  }

  /** @returns resolves when every event is committed or has failed; never rejects */
  async left(
    live: LiveSession,
    { ref: connection }: LiveConnection,
    reason: ConnectionEndReason,
    wasLast: boolean,
  ): Promise<void> {
    const about = this.#about(live);
    tellAll(live, { type: 'connectionDestroyed', connectionId: connection.id, reason });
    await Promise.allSettled([
      this.#record({ ...about, type: 'connectionDestroyed', connection, reason }),
      ...(wasLast ? [this.#record({ ...about, type: 'sessionDestroyed' })] : []),
    ]);
  }

  #about({ session: { project, id } }: LiveSession): Pick<SessionEvent, 'time' | 'project' | 'session'> {
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
