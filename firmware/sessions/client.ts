import { CrosspointError } from '../base/errors.ts';
import type { ConnectionId, StreamId } from '../base/ids.ts';
import type { Capabilities } from './capabilities.ts';
import type { Connections } from './connections.ts';
import type { ConnectionEndReason, StreamEndReason } from './events.ts';
import type { ConnectionView, Notice, PressedKey, StreamProperties, StreamView } from './notices.ts';
import type { LiveConnection, LiveSession, LiveStream, Session, StreamOwner } from './session.ts';
import type { StreamDescription, Streams } from './streams.ts';
import type { Role } from './token.ts';
import { connectionView, streamsOf, streamView, tellAll } from './views.ts';

/** A stream as whoever publishes it has it. */
export interface PublishedStream {
  readonly id: StreamId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Nobody is to hear it. */
  readonly muted: boolean;
  /** Resolves when its event is committed; an answer that tells of the stream waits for it. May be ignored. */
  readonly recorded: Promise<void>;
  /** Everybody is told. Without effect once it has ended. */
  change(to: Partial<Omit<StreamProperties, 'muted'>>): void;
  /** Its owner ends it, and is not told. Resolves when that is recorded; without effect the second time. */
  end(reason: StreamEndReason): Promise<void>;
}

/** All that is in a session at a moment. */
export interface SessionView {
  readonly connections: ConnectionView[];
  readonly streams: StreamView[];
  /** Whoever begins to publish is muted. */
  readonly muted: boolean;
}

export interface ClientParts {
  readonly live: LiveSession;
  readonly member: LiveConnection;
  readonly connections: Connections;
  readonly streams: Streams;
}

export interface ClientFacts {
  readonly role: Role;
  readonly capabilities: Capabilities;
  /** A secret: whoever has it acts as this client. */
  readonly key: string;
  /** Resolves when its connectionCreated is committed. */
  readonly recorded: Promise<void>;
}

/** A client of a session: its event channel's connection, or one that only a publication or subscription made. */
export class Client {
  readonly role: Role;
  readonly capabilities: Capabilities;
  readonly key: string;
  readonly recorded: Promise<void>;
  readonly #parts: ClientParts;
  readonly #goneListeners = new Set<() => void>();
  #gone = false;
  #left: Promise<void> = Promise.resolve();

  constructor(parts: ClientParts, { role, capabilities, key, recorded }: ClientFacts) {
    this.role = role;
    this.capabilities = capabilities;
    this.key = key;
    this.recorded = recorded;
    this.#parts = parts;
  }

  get connection(): ConnectionId {
    return this.#parts.member.ref.id;
  }

  get session(): Session {
    return this.#parts.live.session;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** As the other members see it. */
  get view(): ConnectionView {
    return connectionView(this.#parts.member);
  }

  /** Who else is there and what they publish, itself included. */
  sessionView(): SessionView {
    const { live } = this.#parts;
    return {
      connections: [...live.connections.values()].map(connectionView),
      streams: streamsOf(live).map(streamView),
      muted: live.mutedExcept !== null,
    };
  }

  /** Everything that happens in the session from now on, until it leaves; one listener, the last one. */
  listen(listener: (notice: Notice) => void): void {
    if (!this.gone) this.#parts.member.listener = listener;
  }

  /**
   * Announces a stream (streamCreated); it starts muted where the session is.
   *
   * @throws CrosspointError session.may-not-publish, session.too-many-streams, session.client-unknown (it has left)
   */
  publish(described: StreamDescription, owner: StreamOwner): PublishedStream {
    if (this.gone) throw clientUnknown();
    if (!this.capabilities.publish)
      throw new CrosspointError('session.may-not-publish', `The role ${this.role} does not publish`);
    const { live, member, streams } = this.#parts;
    const { stream, recorded } = streams.publish(live, member, described, owner);
    return {
      id: stream.id,
      createdAt: stream.createdAt,
      get muted() {
        return stream.muted;
      },
      recorded,
      change: to => streams.change(live, stream, to),
      end: reason => streams.end(live, stream, reason, false),
    };
  }

  /**
   * The client has switched the microphone or the camera of a stream of its own on or off, or sends a picture of another size. To switch the microphone on
   * lifts a mute, too, as the vendor's clients may.
   *
   * @throws CrosspointError session.stream-unknown, also for somebody else's
   */
  setStream(id: string, to: Partial<Pick<StreamProperties, 'hasAudio' | 'hasVideo' | 'videoDimensions'>>): void {
    const { live, streams } = this.#parts;
    const stream = this.ownStream(id);
    const { hasAudio, ...picture } = to;
    streams.change(live, stream, { ...(hasAudio !== undefined && { hasAudio }), ...(stream.videoType && picture) });
    if (to.hasAudio === true) streams.mute(live, stream, false);
  }

  /** It has pressed a key: everybody is told. */
  pressed(key: PressedKey): void {
    const { live, member } = this.#parts;
    tellAll(live, { type: 'digit', connectionId: member.ref.id, ...key });
  }

  /** @throws CrosspointError session.stream-unknown */
  ownStream(id: string): LiveStream {
    const stream = this.#parts.member.streams.get(id as StreamId);
    if (!stream) throw new CrosspointError('session.stream-unknown', 'The client publishes no such stream');
    return stream;
  }

  /**
   * Called when the client is gone for whatever reason; owners close their media. At once when it is gone already.
   * @returns takes the listener back
   */
  onGone(listener: () => void): () => void {
    if (this.gone) listener();
    else this.#goneListeners.add(listener);
    return () => void this.#goneListeners.delete(listener);
  }

  /** Resolves when everything about its end is recorded. The first reason counts. */
  leave(reason: ConnectionEndReason): Promise<void> {
    if (!this.#gone) {
      this.#gone = true;
      this.#left = this.#leave(reason);
    }
    return this.#left;
  }

  async #leave(reason: ConnectionEndReason): Promise<void> {
    const { live, member, connections } = this.#parts;
    const recorded = connections.leave(live, member, reason);
    const listeners = [...this.#goneListeners];
    this.#goneListeners.clear();
    for (const listener of listeners) listener();
    await recorded;
  }
}

export function clientUnknown(): CrosspointError {
  return new CrosspointError('session.client-unknown', 'There is no such client in the session');
}
