import { Collection } from './collection.ts';
import { Member, MemberStream, NO_PICTURE } from './members.ts';
import type { Connected, DisconnectReason, Notice, StreamEndReason, VideoDimensions } from './wire.ts';

/** What has changed of who is there and what they publish. */
export type RosterChange =
  | { readonly type: 'connectionCreated'; readonly connection: Member }
  | { readonly type: 'connectionChanged'; readonly connection: Member; readonly oldPhone: Member['phone'] }
  | { readonly type: 'connectionDestroyed'; readonly connection: Member; readonly reason: DisconnectReason }
  | { readonly type: 'streamCreated'; readonly stream: MemberStream }
  | {
      readonly type: 'streamChanged';
      readonly stream: MemberStream;
      readonly property: Change['property'];
      readonly oldValue: boolean | string | VideoDimensions;
      readonly newValue: boolean | string | VideoDimensions;
    }
  | { readonly type: 'streamDestroyed'; readonly stream: MemberStream; readonly reason: StreamEndReason };

type Change = Extract<Notice, { type: 'streamChanged' }>;
type RosterNotice = Exclude<Notice, { type: 'digit' | 'signal' | 'muteForced' | 'forceDisconnected' }>;

/** Who is in the session and what they publish, as the box tells it. No IO. */
export class Roster {
  readonly connections = new Collection<Member>();
  readonly streams = new Collection<MemberStream>();

  /** Everybody who is there already, this client too. */
  fill({ connections, streams }: Connected): RosterChange[] {
    this.clear();
    return [
      ...connections.flatMap(connection => this.apply({ type: 'connectionCreated', connection })),
      ...streams.flatMap(stream => this.apply({ type: 'streamCreated', stream })),
    ];
  }

  /** What is known already, or of somebody unknown, changes nothing. */
  apply(notice: RosterNotice): RosterChange[] {
    switch (notice.type) {
      case 'connectionCreated':
      case 'connectionChanged':
        return this.#connection(notice.connection);
      case 'connectionDestroyed':
        return this.#left(notice.connectionId, notice.reason);
      case 'streamCreated':
        return this.#published(notice.stream);
      case 'streamChanged':
        return this.#changed(notice);
      case 'streamDestroyed':
        return this.#ended(notice.streamId, notice.reason);
    }
  }

  clear(): void {
    this.connections.clear();
    this.streams.clear();
  }

  #connection(wire: ConstructorParameters<typeof Member>[0]): RosterChange[] {
    const known = this.connections.get(wire.id);
    if (known) {
      const oldPhone = known.phone;
      if (oldPhone?.state === wire.phone?.state && oldPhone?.number === wire.phone?.number) return [];
      known.phone = wire.phone;
      return [{ type: 'connectionChanged', connection: known, oldPhone }];
    }
    const connection = new Member(wire);
    this.connections.add(connection.id, connection);
    return [{ type: 'connectionCreated', connection }];
  }

  /** Its streams end before it. */
  #left(id: string, reason: DisconnectReason): RosterChange[] {
    const connection = this.connections.get(id);
    if (!connection) return [];
    const streams = this.streams.filter(stream => stream.connection === connection);
    const ended = streams.flatMap(stream => this.#ended(stream.id, reason));
    this.connections.remove(id);
    return [...ended, { type: 'connectionDestroyed', connection, reason }];
  }

  #published(wire: ConstructorParameters<typeof MemberStream>[1]): RosterChange[] {
    const connection = this.connections.get(wire.connectionId);
    if (!connection || this.streams.has(wire.id)) return [];
    const stream = new MemberStream(connection, wire);
    this.streams.add(stream.id, stream);
    return [{ type: 'streamCreated', stream }];
  }

  #changed({ streamId, property, ...values }: Change): RosterChange[] {
    const stream = this.streams.get(streamId);
    if (!stream) return [];
    const oldValue = stream[property];
    const newValue = values.newValue ?? NO_PICTURE;
    // It is that property's.
    Object.assign(stream, { [property]: newValue });
    return [{ type: 'streamChanged', stream, property, oldValue, newValue }];
  }

  #ended(id: string, reason: StreamEndReason): RosterChange[] {
    const stream = this.streams.get(id);
    if (!stream) return [];
    this.streams.remove(id);
    return [{ type: 'streamDestroyed', stream, reason }];
  }
}
