import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { ProjectId, SessionId } from '../base/ids.ts';
import { emptySession, type LiveSession, type Session } from './session.ts';

/** A session younger than this is not dropped for a new one: its creator is about to use it. */
const KEEP_UNUSED_MS = 3_600_000;

/** The sessions of a project, the one unused longest first. */
type Shelf = Map<SessionId, LiveSession>;

/** The sessions of each project, bounded. */
export class Shelves {
  readonly #clock: Clock;
  readonly #sessionsPerProject: number;
  readonly #shelves = new Map<ProjectId, Shelf>();

  constructor(clock: Clock, sessionsPerProject: number) {
    this.#clock = clock;
    this.#sessionsPerProject = sessionsPerProject;
  }

  add(session: Session): LiveSession {
    const live = emptySession(session);
    this.put(live);
    return live;
  }

  /** As the one used last. */
  put(live: LiveSession): void {
    const shelf = this.#of(live.session.project);
    shelf.delete(live.session.id);
    shelf.set(live.session.id, live);
  }

  remove({ session: { project, id } }: LiveSession): void {
    this.#of(project).delete(id);
  }

  find(project: ProjectId, id: string): LiveSession | undefined {
    return this.#shelves.get(project)?.get(id as SessionId);
  }

  /** @throws CrosspointError session.unknown, also for another project's */
  get(project: ProjectId, id: string): LiveSession {
    const live = this.find(project, id);
    if (!live) throw new CrosspointError('session.unknown', 'There is no such session');
    return live;
  }

  all(): LiveSession[] {
    return [...this.#shelves.values()].flatMap(shelf => [...shelf.values()]);
  }

  /** Whoever's that session is; undefined for none. */
  anybodys(id: string): LiveSession | undefined {
    for (const shelf of this.#shelves.values()) {
      const live = shelf.get(id as SessionId);
      if (live) return live;
    }
    return undefined;
  }

  /**
   * Takes the session that was unused longest off a full shelf.
   * @throws CrosspointError session.too-many
   */
  makeRoom(project: ProjectId): LiveSession | undefined {
    const shelf = this.#of(project);
    if (shelf.size < this.#sessionsPerProject) return undefined;
    const unusedBefore = this.#clock.now() - KEEP_UNUSED_MS;
    for (const live of shelf.values()) {
      if (live.connections.size > 0) continue;
      if (live.idleSince > unusedBefore) break;
      shelf.delete(live.session.id);
      return live;
    }
    throw this.#tooMany();
  }

  #of(project: ProjectId): Shelf {
    const shelf: Shelf = this.#shelves.get(project) ?? new Map();
    this.#shelves.set(project, shelf);
    return shelf;
  }

  #tooMany(): CrosspointError {
    return new CrosspointError('session.too-many', `The project has its ${this.#sessionsPerProject} sessions already`, {
      retriable: true,
    });
  }
}
