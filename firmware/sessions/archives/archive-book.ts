import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import { type Archive, isRunning } from './archive.ts';

/** The archives of the box, found by id, by project and session, and by whether they run. */
export class ArchiveBook {
  readonly #archives = new Map<string, Archive>();
  /** An event of a session must not look at ten thousand. */
  readonly #running = new Set<string>();

  /** As it is from now on. */
  put(archive: Archive): void {
    this.#archives.set(archive.id, archive);
    if (isRunning(archive)) this.#running.add(archive.id);
    else this.#running.delete(archive.id);
  }

  drop(id: string): void {
    this.#archives.delete(id);
    this.#running.delete(id);
  }

  find(id: string): Archive | undefined {
    return this.#archives.get(id);
  }

  /** @throws CrosspointError session.archive-unknown, also for another project's */
  get(project: ProjectId, id: string): Archive {
    const archive = this.#archives.get(id);
    if (archive?.project !== project)
      throw new CrosspointError('session.archive-unknown', 'There is no such archive in the project');
    return archive;
  }

  /** The same, that runs. @throws CrosspointError session.archive-unknown, session.archive-not-running */
  running(project: ProjectId, id: string): Archive {
    const archive = this.get(project, id);
    if (!isRunning(archive))
      throw new CrosspointError('session.archive-not-running', 'The archive is not being recorded');
    return archive;
  }

  all(): Archive[] {
    return [...this.#archives.values()];
  }

  /** Newest first; of one session, or of all. */
  list(project: ProjectId, session?: string): Archive[] {
    return this.all()
      .reverse()
      .filter(archive => archive.project === project && (session === undefined || archive.sessionId === session))
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  runningIn(session: string): Archive[] {
    return [...this.#running].flatMap(id => {
      const archive = this.#archives.get(id);
      return archive?.sessionId === session ? [archive] : [];
    });
  }
}
