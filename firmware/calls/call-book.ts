import { CrosspointError } from '../base/errors.ts';
import type { CallId, ConnectionId, ProjectId, SessionId } from '../base/ids.ts';
import type { Call } from './call.ts';
import { hostOf } from './events.ts';

/** The calls that live, found by id, by connection, by session; bounded per project. */
export class CallBook {
  readonly #limitPerProject: number;
  readonly #byId = new Map<CallId, Call>();
  readonly #byConnection = new Map<ConnectionId, Call>();
  readonly #perProject = new Map<ProjectId, number>();

  constructor(limitPerProject: number) {
    this.#limitPerProject = limitPerProject;
  }

  /** @throws CrosspointError call.too-many */
  reserve(project: ProjectId): void {
    const calls = this.#perProject.get(project) ?? 0;
    if (calls >= this.#limitPerProject) {
      throw new CrosspointError('call.too-many', `The project has its ${this.#limitPerProject} calls already`, {
        retriable: true,
      });
    }
    this.#perProject.set(project, calls + 1);
  }

  /** Gives back what `reserve` took, for a call that did not come about. */
  unreserve(project: ProjectId): void {
    const calls = (this.#perProject.get(project) ?? 0) - 1;
    if (calls > 0) this.#perProject.set(project, calls);
    else this.#perProject.delete(project);
  }

  add(call: Call): void {
    this.#byId.set(call.ref.id, call);
    if (call.ref.connection !== null) this.#byConnection.set(call.ref.connection, call);
  }

  /** The call has gone into another session, or out of one; `before`: its connection there. */
  moved(call: Call, before: ConnectionId | null): void {
    if (before !== null) this.#byConnection.delete(before);
    if (call.ref.connection !== null && this.#byId.has(call.ref.id)) this.#byConnection.set(call.ref.connection, call);
  }

  remove(call: Call): void {
    if (!this.#byId.delete(call.ref.id)) return;
    if (call.ref.connection !== null) this.#byConnection.delete(call.ref.connection);
    this.unreserve(call.ref.project);
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): Call[] {
    return [...this.#byId.values()];
  }

  get(id: string): Call | undefined {
    return this.#byId.get(id as CallId);
  }

  /** The call that speaks in that SIP dialog, of those that went out. */
  outgoing(sipCallId: string): Call | undefined {
    for (const call of this.#byId.values())
      if (call.direction === 'outbound' && call.notes.sipCallIds.includes(sipCallId)) return call;
    return undefined;
  }

  inSession(project: ProjectId, session: SessionId): Call[] {
    return this.all().filter(({ ref }) => hostOf(ref) === project && ref.session === session);
  }

  /** @returns undefined also for another project's or another session's connection */
  byConnection(project: ProjectId, session: SessionId, connection: ConnectionId): Call | undefined {
    const call = this.#byConnection.get(connection);
    return call && hostOf(call.ref) === project && call.ref.session === session ? call : undefined;
  }
}
