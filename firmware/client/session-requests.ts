import { completing } from './completion.ts';
import type { Completion, Connection, Dialled, Quality, SessionEvents, SignalToSend, Stream } from './crosspoint.d.ts';
import { Emitter } from './emitter.ts';
import { exceptions } from './exceptions.ts';
import type { Tried } from './refusal.ts';
import { checkSignal } from './signal-limits.ts';
import type { Reply, Request } from './wire.ts';

/** What of a session the box is asked for, one request each. */
export abstract class SessionRequests extends Emitter<SessionEvents> {
  /** Rejects with an OTError. */
  protected abstract ask(request: Request, tried: Tried): Promise<Reply>;

  signal({ data = '', type = '', to }: SignalToSend, completion?: Completion): Promise<void> {
    const problem = checkSignal(type, data);
    const receiver = to ? { to: to.connectionId } : {};
    const sent = problem
      ? Promise.reject(problem)
      : this.ask({ type: 'signal', signalType: type, data, ...receiver }, 'signal').then(nothing);
    return completing(sent, completion as () => void);
  }

  forceDisconnect(connection: Connection | string, completion?: Completion): Promise<void> {
    const connectionId = typeof connection === 'string' ? connection : connection.connectionId;
    return completing(this.#moderate({ type: 'forceDisconnect', connectionId }), completion as () => void);
  }

  forceUnpublish(stream: Stream | string, completion?: Completion): Promise<void> {
    const streamId = typeof stream === 'string' ? stream : stream.streamId;
    return completing(this.#moderate({ type: 'forceUnpublish', streamId }), completion as () => void);
  }

  forceMuteStream({ streamId }: Stream): Promise<void> {
    return this.ask({ type: 'forceMuteStream', streamId }, 'forceMute').then(nothing);
  }

  forceMuteAll(excludedStreams: Stream[] = []): Promise<void> {
    return this.#muteAll(
      true,
      excludedStreams.map(({ streamId }) => streamId),
    );
  }

  disableForceMute(): Promise<void> {
    return this.#muteAll(false, []);
  }

  async dial(to: { readonly number: string } | { readonly uri: string }): Promise<Dialled> {
    const { connectionId = '', streamId = '' } = await this.#phone({ type: 'dial', ...to });
    return { connectionId, streamId };
  }

  hangUp({ connectionId }: Connection): Promise<void> {
    return this.#phone({ type: 'hangUp', connectionId }).then(nothing);
  }

  hold({ connectionId }: Connection, on: boolean): Promise<void> {
    return this.#phone({ type: 'hold', connectionId, on }).then(nothing);
  }

  sendDigits({ connectionId }: Connection, digits: string): Promise<void> {
    return this.#phone({ type: 'sendDigits', connectionId, digits }).then(nothing);
  }

  mutePhone({ connectionId }: Connection, on: boolean): Promise<void> {
    return this.#phone({ type: 'mute', connectionId, on }).then(nothing);
  }

  async getQuality(of: Connection | Stream): Promise<Quality | null> {
    const whose = 'streamId' in of ? { streamId: of.streamId } : { connectionId: of.connectionId };
    return (await this.#phone({ type: 'quality', ...whose })).quality ?? null;
  }

  #muteAll(active: boolean, excludedStreams: string[]): Promise<void> {
    return this.ask({ type: 'forceMuteAll', active, excludedStreams }, 'forceMute').then(nothing);
  }

  #moderate(request: Request & { readonly type: 'forceDisconnect' | 'forceUnpublish' }): Promise<void> {
    const done = this.ask(request, request.type).then(nothing);
    return exceptions.watch(done, this, 'OT_UNEXPECTED_SERVER_RESPONSE');
  }

  #phone(request: Request): Promise<Reply> {
    return this.ask(request, 'phone');
  }
}

function nothing(): void {}
