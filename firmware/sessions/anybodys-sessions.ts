import { CrosspointError } from '../base/errors.ts';
import type { LiveSession } from './session.ts';
import { type SessionInside, type SessionOverview, sessionInside, sessionOverview } from './session-overview.ts';
import type { Shelves } from './shelves.ts';

/** The sessions of all projects, for the operator. */
export class AnybodysSessions {
  readonly #shelves: Shelves;
  readonly #forget: (live: LiveSession) => void;

  /** @param forget takes one out of the store */
  constructor(shelves: Shelves, forget: (live: LiveSession) => void) {
    this.#shelves = shelves;
    this.#forget = forget;
  }

  /** All of them, those created last first. */
  list(): SessionOverview[] {
    return this.#shelves
      .all()
      .map(sessionOverview)
      .sort((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1));
  }

  /**
   * Who is in it, and what they publish.
   * @throws CrosspointError session.unknown
   */
  get(id: string): {
    readonly session: LiveSession['session'];
    readonly overview: SessionOverview;
    readonly inside: SessionInside;
  } {
    const live = this.live(id);
    return { session: live.session, overview: sessionOverview(live), inside: sessionInside(live) };
  }

  /**
   * Forgets one that nobody is in: nobody can enter it any more.
   * @throws CrosspointError session.unknown, session.not-empty
   */
  remove(id: string): void {
    const live = this.live(id);
    if (live.connections.size > 0)
      throw new CrosspointError('session.not-empty', 'Somebody is in the session', { retriable: true });
    this.#shelves.remove(live);
    this.#forget(live);
  }

  /** @throws CrosspointError session.unknown */
  live(id: string): LiveSession {
    const live = this.#shelves.anybodys(id);
    if (!live) throw new CrosspointError('session.unknown', 'There is no such session');
    return live;
  }
}
