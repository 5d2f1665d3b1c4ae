import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import { newId, type StreamId } from '../base/ids.ts';
import type { Announcer } from './announcer.ts';
import type { StreamEndReason } from './events.ts';
import type { Notice, StreamProperties, VideoDimensions, VideoType } from './notices.ts';
import type { LiveConnection, LiveSession, LiveStream, StreamOwner } from './session.ts';
import { streamsOf, tellAll } from './views.ts';

/** What a client says of a stream that it begins to publish. */
export interface StreamDescription {
  /** A fresh one, where it had to be told before the stream is announced. */
  readonly id?: StreamId;
  /** At most 200 characters. */
  readonly name: string;
  /** Null without a picture, as opposed to one that is switched off. */
  readonly videoType: VideoType | null;
  readonly videoDimensions?: VideoDimensions | null;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
}

/** No client has more of a camera, a screen and what it shares. */
const MAX_STREAMS = 16;

/** What is published, by whom, and who hears it. */
export class Streams {
  readonly #announcer: Announcer;
  readonly #clock: Clock;

  constructor(announcer: Announcer, clock: Clock) {
    this.#announcer = announcer;
    this.#clock = clock;
  }

  /**
   * A client publishes; muted where the session is.
   *
   * @returns the stream, and when its event is committed
   * @throws CrosspointError session.too-many-streams
   */
  publish(
    live: LiveSession,
    connection: LiveConnection,
    described: StreamDescription,
    owner: StreamOwner,
  ): { readonly stream: LiveStream; readonly recorded: Promise<void> } {
    if (connection.streams.size >= MAX_STREAMS)
      throw new CrosspointError(
        'session.too-many-streams',
        `The connection publishes its ${MAX_STREAMS} streams already`,
        { retriable: true },
      );
    const { name, videoType, videoDimensions = null, hasAudio, hasVideo } = described;
    const stream: LiveStream = {
      id: described.id ?? newId<StreamId>(),
      createdAt: this.#clock.now(),
      connectionId: connection.ref.id,
      name,
      videoType,
      layoutClasses: connection.layoutClasses,
      videoDimensions: videoType && videoDimensions,
      hasAudio,
      hasVideo,
      muted: live.mutedExcept !== null,
      owner,
    };
    return { stream, recorded: this.#add(live, connection, stream) };
  }

  /** The far end of a call can be heard. Without effect when it can already. */
  publishPhone(live: LiveSession, connection: LiveConnection): void {
    const { phone, streams, ref } = connection;
    if (!phone || streams.has(phone.stream)) return;
    void this.#add(live, connection, {
      id: phone.stream,
      createdAt: ref.createdAt,
      connectionId: ref.id,
      name: '',
      videoType: null,
      layoutClasses: connection.layoutClasses,
      videoDimensions: null,
      hasAudio: true,
      hasVideo: false,
      muted: false,
      owner: null,
    });
  }

  #add(live: LiveSession, connection: LiveConnection, stream: LiveStream): Promise<void> {
    connection.streams.set(stream.id, stream);
    return this.#announcer.published(live, connection, stream);
  }

  /**
   * Without effect on one that has ended.
   * @param tellOwner false where the owner ends it
   * @returns resolves when the event is committed
   */
  async end(live: LiveSession, stream: LiveStream, reason: StreamEndReason, tellOwner: boolean): Promise<void> {
    const connection = live.connections.get(stream.connectionId);
    if (!connection?.streams.delete(stream.id)) return;
    const recorded = this.#announcer.unpublished(live, connection, stream, reason);
    if (tellOwner) stream.owner?.ended(reason);
    await recorded.catch(() => undefined);
  }

  /** Tells of what is another value than before. */
  change(live: LiveSession, stream: LiveStream, to: Partial<StreamProperties>): void {
    if (!live.connections.get(stream.connectionId)?.streams.has(stream.id)) return;
    for (const property of ['name', 'hasAudio', 'hasVideo', 'muted', 'videoDimensions'] as const) {
      const [oldValue, newValue] = [stream[property], to[property]];
      if (newValue === undefined || isDeepStrictEqual(newValue, oldValue)) continue;
      Object.assign(stream, { [property]: newValue });
      // Both values are that property's.
      tellAll(live, { type: 'streamChanged', streamId: stream.id, property, oldValue, newValue } as Notice);
    }
  }

  /**
   * Mutes a client's stream, or lifts that: nobody hears it, and everybody is told. Without effect on a phone's: its call
   * decides.
   */
  mute(live: LiveSession, stream: LiveStream, on: boolean): void {
    if (stream.owner === null || stream.muted === on) return;
    stream.owner.muted(on);
    this.change(live, stream, { muted: on });
  }

  /** The same by a moderator, of which the client is told apart, muted before or not. */
  forceMute(live: LiveSession, stream: LiveStream): void {
    this.mute(live, stream, true);
    if (stream.owner === null) return;
    live.connections.get(stream.connectionId)?.listener?.({ type: 'muteForced', active: true, streamId: stream.id });
  }

  /**
   * Whoever begins to publish is muted, until endMute; so is whoever does already, the phones apart.
   *
   * @param except ids of streams
   */
  muteAll(live: LiveSession, except: ReadonlySet<string>): void {
    live.mutedExcept = except;
    const muted = streamsOf(live).filter(({ id, owner }) => owner !== null && !except.has(id));
    for (const stream of muted) this.forceMute(live, stream);
    const told = new Set(muted.map(({ connectionId }) => connectionId));
    for (const { ref, listener } of live.connections.values())
      if (!told.has(ref.id)) listener?.({ type: 'muteForced', active: true, streamId: null });
  }

  /** Nobody who comes later is muted; whoever is stays so. */
  endMute(live: LiveSession): void {
    live.mutedExcept = null;
    tellAll(live, { type: 'muteForced', active: false, streamId: null });
  }

  /**
   * Gives streams of a session what they are called in layouts: all of them, or none.
   * @throws CrosspointError session.stream-unknown
   */
  setLayoutClasses(
    live: LiveSession,
    lists: readonly { readonly id: string; readonly classes: readonly string[] }[],
  ): void {
    const named = lists.map(({ id, classes }) => [this.get(live, id), classes] as const);
    for (const [stream, classes] of named) stream.layoutClasses = classes;
  }

  /** @throws CrosspointError session.stream-unknown */
  get(live: LiveSession, id: string): LiveStream {
    for (const { streams } of live.connections.values()) {
      const stream = streams.get(id as StreamId);
      if (stream) return stream;
    }
    throw new CrosspointError('session.stream-unknown', 'There is no such stream in the session');
  }
}
