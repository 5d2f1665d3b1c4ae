import { CrosspointError } from '../../base/errors.ts';
import type { ConnectionId, SessionId } from '../../base/ids.ts';
import type { CallRef } from '../../calls/events.ts';
import type { CallState } from '../../calls/state.ts';
import type { Project } from '../../config/projects.ts';
import type { RequestOf, ResultOf } from '../../monitoring/topics-request.ts';
import type { Sessions } from '../../sessions/registry.ts';
import type { Session } from '../../sessions/session.ts';
import { parseSessionId } from '../../sessions/session-id.ts';
import { refuseUnlessRouted } from '../dialling.ts';
import { dialRequestOf } from '../opentok/dial-request.ts';
import { type CallControl, type CallHold, type CallMute, parts, type Readiness } from '../ports.ts';
import { requireReady } from '../readiness.ts';
import type { AnyRequest } from './read-request.ts';

interface LiveCall {
  readonly ref: CallRef;
  readonly direction: 'outbound' | 'inbound';
  readonly from: string;
  readonly to: string;
  readonly state: CallState;
  readonly muted: boolean;
}

export interface VerbDeps {
  readonly sessions: Pick<Sessions, 'get' | 'create'>;
  readonly calls: CallControl & CallHold & CallMute & { get(id: string): LiveCall | undefined; list(): LiveCall[] };
  readonly readiness: () => Readiness;
}

const MAX_LISTED = 100;

/** Does what a project asks for, as its application's HTTP requests do. */
export class Verbs {
  readonly #deps: VerbDeps;

  constructor(deps: VerbDeps) {
    this.#deps = deps;
  }

  /** @throws CrosspointError as over HTTP */
  async run(project: Project, { verb, body }: AnyRequest): Promise<ResultOf<AnyRequest['verb']>> {
    const { calls } = this.#deps;
    switch (verb) {
      case 'dial':
        return this.#dial(project, body);
      case 'hangup': {
        const { session, connection } = this.#inSession(project, body.call);
        await calls.hangup(project, session, connection);
        return {};
      }
      case 'dtmf': {
        const { session, connection } = this.#inSession(project, body.call);
        await calls.sendDigits(project, session, connection, body.digits);
        return {};
      }
      case 'mute':
        await calls.mute(this.#call(project, body.call).ref.id, body.on, 'moderator');
        return {};
      case 'hold':
        await calls.hold(this.#call(project, body.call).ref.id, body.on);
        return {};
      case 'status':
        return this.#status(project, body);
      default:
        return verb satisfies never;
    }
  }

  async #dial(project: Project, wish: RequestOf<'dial'>): Promise<ResultOf<'dial'>> {
    requireReady(this.#deps.readiness(), parts);
    const role = wish.publishes === false ? 'subscriber' : 'publisher';
    const request = dialRequestOf(wish.sip, { role, data: wish.data ?? '' });
    const session = await this.#sessionFor(project, wish.session);
    refuseUnlessRouted(session);
    const { id, connectionId, streamId } = await this.#deps.calls.dial(project, session, request);
    return { call: id, session: session.id, connection: connectionId, stream: streamId };
  }

  async #sessionFor(project: Project, id: string | undefined): Promise<Session> {
    const { sessions } = this.#deps;
    if (id === undefined)
      return sessions.create(project.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
    if (parseSessionId(id) === null) throw new CrosspointError('http.bad-request', 'session is not valid');
    return sessions.get(project.id, id);
  }

  #status(project: Project, { call }: RequestOf<'status'>): ResultOf<'status'> {
    const own =
      call === undefined
        ? this.#deps.calls.list().filter(({ ref }) => ref.project === project.id)
        : [this.#call(project, call)];
    return {
      count: own.length,
      calls: own.slice(0, MAX_LISTED).map(({ ref, direction, from, to, state, muted }) => {
        const { id, session, connection, createdAt } = ref;
        return { call: id, session, connection, direction, from, to, state, createdAt, muted };
      }),
    };
  }

  /** @throws CrosspointError call.unknown, also for another project's */
  #call(project: Project, id: string): LiveCall {
    const call = this.#deps.calls.get(id);
    if (call?.ref.project !== project.id) throw new CrosspointError('call.unknown', 'There is no such live call');
    return call;
  }

  #inSession(project: Project, id: string): { readonly session: SessionId; readonly connection: ConnectionId } {
    const { session, connection } = this.#call(project, id).ref;
    if (session === null || connection === null)
      throw new CrosspointError('call.no-session', 'The call is in no session: it joins two far ends');
    return { session, connection };
  }
}
