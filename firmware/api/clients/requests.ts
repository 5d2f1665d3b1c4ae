import { CrosspointError, isCrosspointError, messageOf } from '../../base/errors.ts';
import type { ConnectionId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Project } from '../../config/projects.ts';
import type { Capabilities } from '../../sessions/capabilities.ts';
import type { Client } from '../../sessions/client.ts';
import type { Clients } from '../../sessions/clients.ts';
import type { Sessions } from '../../sessions/registry.ts';
import { answerTo } from '../error-body.ts';
import { forceDisconnect } from '../force-disconnect.ts';
import { parts, type Readiness } from '../ports.ts';
import { requireReady } from '../readiness.ts';
import { signalOf } from '../signals.ts';
import type { ClientRequest, Reply, RequestOf } from './messages.ts';
import { type PhoneDeps, PhoneRequests } from './phone-requests.ts';

export interface RequestDeps extends PhoneDeps {
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly readiness: () => Readiness;
  readonly log: Log;
}

const DONE: Reply = { ok: true };

/** Does what clients ask for, as far as they may. */
export class Requests {
  readonly #deps: RequestDeps;
  readonly #phones: PhoneRequests;

  constructor(deps: RequestDeps) {
    this.#deps = deps;
    this.#phones = new PhoneRequests(deps);
  }

  /** Never rejects: what went wrong is in the reply. */
  async handle(client: Client, request: ClientRequest): Promise<Reply> {
    try {
      return await this.#do(client, this.#deps.clients.projectOf(client.session.id), request);
    } catch (error) {
      if (!isCrosspointError(error))
        this.#deps.log.error({ request: request.type, problem: messageOf(error) }, "a client's request failed");
      const { body } = answerTo(error);
      return { error: { code: body.error, message: body.message } };
    }
  }

  async #do(client: Client, project: Project, request: ClientRequest): Promise<Reply> {
    const { calls, clients, sessions, readiness } = this.#deps;
    const { session } = client;
    switch (request.type) {
      case 'ping':
      case 'disconnect':
        return DONE;
      case 'signal': {
        const { to = null, signalType = '', data = '' } = request;
        clients.signal(session, signalOf(client.connection, signalType, data), to);
        return DONE;
      }
      case 'setStream': {
        const { streamId, hasAudio, hasVideo, videoDimensions } = request;
        client.setStream(streamId, {
          ...(hasAudio !== undefined && { hasAudio }),
          ...(hasVideo !== undefined && { hasVideo }),
          ...(videoDimensions && { videoDimensions }),
        });
        return DONE;
      }
      case 'forceMuteStream':
        entitled(client, 'forceMute');
        await calls.muteStream(project, session.id, request.streamId);
        return DONE;
      case 'forceMuteAll':
        entitled(client, 'forceMute');
        await calls.muteSession(project, session.id, {
          active: request.active,
          excluded: request.excludedStreams ?? [],
        });
        return DONE;
      case 'forceUnpublish':
        entitled(client, 'forceUnpublish');
        await clients.forceUnpublish(session, request.streamId);
        return DONE;
      case 'forceDisconnect': {
        entitled(client, 'forceDisconnect');
        if (!sessions.hasConnection(project.id, session.id, request.connectionId))
          throw new CrosspointError('session.connection-unknown', 'There is no such connection in the session');
        await forceDisconnect(this.#deps, project, session, request.connectionId as ConnectionId);
        return DONE;
      }
      case 'dial':
        entitled(client, 'dial');
        requireReady(readiness(), parts);
        return this.#phones.dial(project, client, request);
      case 'hangUp':
        entitled(client, 'dial');
        return this.#phones.hangUp(project, client, request);
      case 'hold':
        entitled(client, 'dial');
        return this.#phones.hold(project, client, request);
      case 'sendDigits':
        entitled(client, 'dial');
        return this.#phones.sendDigits(project, client, request);
      case 'mute':
        entitled(client, 'forceMute');
        return this.#phones.mute(project, client, request);
      case 'quality':
        return this.#quality(project, client, request);
    }
  }

  /** Everybody may ask about a stream of its own, a moderator about every one. */
  #quality(project: Project, client: Client, { connectionId, streamId }: RequestOf<'quality'>): Reply {
    if ((connectionId === undefined) === (streamId === undefined))
      throw new CrosspointError('session.bad-request', 'Bad quality: it must have either a connectionId or a streamId');
    if (connectionId !== undefined) {
      entitled(client, 'forceMute');
      return this.#phones.quality(project, client, connectionId);
    }
    const stream = this.#deps.clients.stream(client.session, String(streamId));
    if (stream.connectionId !== client.connection) entitled(client, 'forceMute');
    if (stream.owner === null) return this.#phones.quality(project, client, stream.connectionId);
    return { ok: true, quality: stream.owner.quality?.() ?? null };
  }
}

/** @throws CrosspointError session.may-not-moderate */
function entitled({ role, capabilities }: Client, to: keyof Capabilities): void {
  if (capabilities[to]) return;
  const why = role === 'moderator' ? 'The project does not let its clients place calls' : `The role ${role} may not`;
  throw new CrosspointError('session.may-not-moderate', why);
}
