import { CrosspointError } from '../../base/errors.ts';
import type { ConnectionId } from '../../base/ids.ts';
import type { Project } from '../../config/projects.ts';
import type { Client } from '../../sessions/client.ts';
import { refuseUnlessRouted } from '../dialling.ts';
import { dialRequestOf } from '../opentok/dial-request.ts';
import type { CallControl, CallHold, CallMute, ConnectionCalls } from '../ports.ts';
import type { Reply, RequestOf } from './messages.ts';

export interface PhoneDeps {
  readonly calls: CallControl & CallHold & CallMute & ConnectionCalls;
  /** Names of the configured trunks. */
  readonly trunks: () => readonly string[];
}

/** What a client does with phones; whether it may has been looked at. */
export class PhoneRequests {
  readonly #deps: PhoneDeps;

  constructor(deps: PhoneDeps) {
    this.#deps = deps;
  }

  /** The calling policy and the limits of the project count as for its application. @throws CrosspointError as dial */
  async dial(project: Project, { session }: Client, wish: RequestOf<'dial'>): Promise<Reply> {
    refuseUnlessRouted(session);
    const request = dialRequestOf({ uri: this.#uriOf(wish) }, { role: 'publisher', data: '' });
    const { connectionId, streamId } = await this.#deps.calls.dial(project, session, request);
    return { ok: true, connectionId, streamId };
  }

  async hangUp(project: Project, { session }: Client, { connectionId }: RequestOf<'hangUp'>): Promise<Reply> {
    await this.#deps.calls.hangup(project, session.id, connectionId as ConnectionId);
    return { ok: true };
  }

  async hold(project: Project, client: Client, { connectionId, on }: RequestOf<'hold'>): Promise<Reply> {
    await this.#deps.calls.hold(this.#call(project, client, connectionId).ref.id, on);
    return { ok: true };
  }

  async mute(project: Project, client: Client, { connectionId, on }: RequestOf<'mute'>): Promise<Reply> {
    await this.#deps.calls.mute(this.#call(project, client, connectionId).ref.id, on, 'moderator');
    return { ok: true };
  }

  async sendDigits(
    project: Project,
    { session }: Client,
    { connectionId, digits }: RequestOf<'sendDigits'>,
  ): Promise<Reply> {
    await this.#deps.calls.sendDigits(project, session.id, connectionId as ConnectionId, digits);
    return { ok: true };
  }

  /** @throws CrosspointError call.unknown */
  quality(project: Project, client: Client, connectionId: string): Reply {
    const [leg] = this.#call(project, client, connectionId).quality.lastInterval;
    return { ok: true, quality: leg?.interval ?? null };
  }

  #call(project: Project, { session }: Client, connectionId: string) {
    return this.#deps.calls.ofConnection(project, session.id, connectionId as ConnectionId);
  }

  /** A number goes over the trunk that is named, or the only one. */
  #uriOf({ uri, number, trunk }: RequestOf<'dial'>): string {
    if ((uri === undefined) === (number === undefined))
      throw new CrosspointError('session.bad-request', 'Bad dial: it must have either a uri or a number');
    if (uri !== undefined) return uri;
    const [only, ...others] = trunk === undefined ? this.#deps.trunks() : [trunk];
    if (only === undefined || others.length > 0)
      throw new CrosspointError(
        'trunk.not-named',
        only === undefined ? 'No trunk is configured to call a number over' : 'Say over which trunk to call the number',
      );
    if (!this.#deps.trunks().includes(only)) throw new CrosspointError('trunk.unknown', 'There is no such trunk');
    return `sip:${number}@${only}`;
  }
}
