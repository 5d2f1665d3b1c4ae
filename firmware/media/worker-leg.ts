import type { LegStats } from '../../pipelines/protocol/figures.ts';
import type { LegOpen } from '../../pipelines/protocol/leg-media.ts';
import { CrosspointError } from '../base/errors.ts';
import type { LegId, SessionId } from '../base/ids.ts';
import type { WorkerChannel } from './channel.ts';
import type { LegAddress, LegConfig, LegListener, LegLoss, MediaLeg, SentDigits } from './media.ts';
import type { Play, Players, Playing } from './players.ts';
import type { Peer, PortPair } from './ports.ts';
import type { WorkerSlot } from './worker-slot.ts';

export interface WorkerLegOptions {
  readonly id: LegId;
  readonly placement: string | null;
  readonly slot: WorkerSlot;
  readonly local: LegAddress;
  readonly listener: LegListener;
  readonly players: Players;
  readonly forwardPairs: boolean;
  /** Whether a session lies, or comes to lie, on that worker; `former`: the one that it was in before. */
  readonly visit: (slot: WorkerSlot, session: string | null, former: string | null) => boolean;
  /** Called once, when the worker holds the ports no longer. */
  readonly release: () => void;
}

/** A leg that lives in a worker; it ends with the connection that it was opened on. */
export class WorkerLeg implements MediaLeg {
  readonly id: LegId;
  readonly placement: string | null;
  readonly slot: WorkerSlot;
  readonly local: LegAddress;
  readonly listener: LegListener;
  readonly #channel: WorkerChannel | null;
  readonly #players: Players;
  readonly #forwardPairs: boolean;
  readonly #visit: WorkerLegOptions['visit'];
  readonly #release: () => void;
  #peer: Peer | null = null;
  #visited: SessionId | null = null;
  #ssrc = 0;
  #closing: Promise<LegStats | null> | null = null;

  constructor(options: WorkerLegOptions) {
    this.id = options.id;
    this.placement = options.placement;
    this.slot = options.slot;
    this.local = options.local;
    this.listener = options.listener;
    this.#channel = options.slot.channel;
    this.#players = options.players;
    this.#forwardPairs = options.forwardPairs;
    this.#visit = options.visit;
    this.#release = options.release;
  }

  /** Whom it heard last, or was to hear; null when it never knew. */
  get peer(): Peer | null {
    return this.#peer;
  }

  /** Of what it sends, once it is open. */
  get ssrc(): number {
    return this.#ssrc;
  }

  async open(local: LegOpen['local'], former: PortPair['former'], config: LegConfig): Promise<void> {
    this.#expects(config);
    const opened = await this.#live().request('leg.open', {
      leg: this.id,
      local,
      ...(former && { former }),
      ...config,
      ...this.#forwarding(config),
    });
    this.#ssrc = opened.ssrc;
  }

  async update(change: LegConfig): Promise<void> {
    this.#expects(change);
    await this.#live().request('leg.update', { leg: this.id, ...change, ...this.#forwarding(change) });
  }

  async sendDigits(digits: string, how: SentDigits = {}): Promise<{ queuedMs: number }> {
    return this.#live().request('leg.send-digits', { leg: this.id, digits, ...how });
  }

  async play(play: Play, session: SessionId | null): Promise<Playing> {
    return this.#players.start(this.#live(), session === null ? { leg: this.id } : { session }, play);
  }

  visit(session: SessionId | null): boolean {
    if (!this.#visit(this.slot, session, this.#visited)) return false;
    this.#visited = session;
    return true;
  }

  async stats(): Promise<LegStats> {
    return this.#live().request('leg.stats', { leg: this.id });
  }

  close(): Promise<LegStats | null> {
    if (this.#closing) return this.#closing;
    const closing = this.#channel?.request('leg.close', { leg: this.id }) ?? Promise.resolve(null);
    this.#closing = closing
      .catch(() => null)
      .then(stats => {
        const { from = null, ssrc = null } = stats?.received ?? {};
        if (from) this.#peer = { ssrc, ...from };
        this.visit(null);
        this.#release();
        return stats;
      });
    return this.#closing;
  }

  /** The leg was never opened in the worker. */
  abandon(): void {
    this.#closing = Promise.resolve(null);
    this.visit(null);
    this.#release();
  }

  fail(loss: LegLoss): void {
    if (this.#closing) return;
    if (loss.code === 'media.worker-lost') this.abandon();
    else void this.close();
    this.listener.lost?.(loss);
  }

  #expects({ remote }: LegConfig): void {
    if (remote) this.#peer = { ssrc: null, ...remote.rtp };
  }

  /** Only who hears all of a session may be sent packets instead of its mix. */
  #forwarding({ hears }: LegConfig): Pick<LegConfig, 'forward'> {
    if (hears === undefined) return {};
    return { forward: this.#forwardPairs && hears.kind === 'session' && hears.only === undefined };
  }

  #live(): WorkerChannel {
    if (this.#channel && !this.#channel.closed && this.#closing === null) return this.#channel;
    throw new CrosspointError('media.leg-closed', 'the media leg is closed');
  }
}
