import { CrosspointError } from '../base/errors.ts';
import type { SessionId } from '../base/ids.ts';
import type { Client } from '../sessions/clients.ts';
import type { Peer } from './peer.ts';

export interface PeerLimits {
  readonly perSession: number;
  readonly inAll: number;
}

/** More than the streams of a large meeting that one client looks at. */
export const PEERS_PER_CLIENT = 64;

/** The peers that live, by the id of their resource; bounded. */
export class PeerBook<Entry extends { readonly peer: Peer }> {
  readonly #limits: PeerLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #perSession = new Map<SessionId, number>();
  readonly #perClient = new Map<Client, number>();

  constructor(limits: PeerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** @throws CrosspointError session.too-many-peers */
  checkRoom(session: SessionId, client: Client | null): void {
    const { perSession, inAll } = this.#limits;
    const full = (what: string, limit: number) =>
      new CrosspointError('session.too-many-peers', `${what} has its ${limit} WebRTC peers already`, {
        retriable: true,
      });
    if (this.#entries.size >= inAll) throw full('The box', inAll);
    if ((this.#perSession.get(session) ?? 0) >= perSession) throw full('The session', perSession);
    if (client && (this.#perClient.get(client) ?? 0) >= PEERS_PER_CLIENT) throw full('The client', PEERS_PER_CLIENT);
  }

  add(entry: Entry): void {
    const { id, client } = entry.peer;
    this.#entries.set(id, entry);
    count(this.#perSession, client.session.id, 1);
    count(this.#perClient, client, 1);
  }

  remove({ peer: { id, client } }: Entry): void {
    if (!this.#entries.delete(id)) return;
    count(this.#perSession, client.session.id, -1);
    count(this.#perClient, client, -1);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
