import type { PlayerEnded, PlayerStart, PlayTo } from '../../pipelines/protocol/player.ts';
import { newId } from '../base/ids.ts';
import type { WorkerChannel } from './channel.ts';

/** What is played, and how. */
export type Play = Omit<PlayerStart, 'player' | 'to'>;

/** How a player ended; lost: its worker went. */
export type PlayEnd = Omit<PlayerEnded, 'player' | 'reason'> & { readonly reason: PlayerEnded['reason'] | 'lost' };

export interface Playing {
  readonly id: string;
  /** Its first sample is on the way; never so for one that fails before. */
  readonly started: Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<PlayEnd>;
  /** Fades it out. @throws CrosspointError media.player-unknown when it has ended already */
  stop(fadeOutMs?: number): Promise<void>;
}

interface Waiting {
  readonly channel: WorkerChannel;
  readonly started: () => void;
  readonly ended: (end: PlayEnd) => void;
}

/** What is being played by all workers, and who waits for its end. */
export class Players {
  readonly #waiting = new Map<string, Waiting>();

  /** @throws CrosspointError media.… */
  async start(channel: WorkerChannel, to: PlayTo, play: Play): Promise<Playing> {
    const id = newId();
    const { promise: started, resolve: hasStarted } = deferred<void>();
    const { promise: ended, resolve: hasEnded } = deferred<PlayEnd>();
    this.#waiting.set(id, { channel, started: hasStarted, ended: hasEnded });
    try {
      await channel.request('player.start', { player: id, to, ...play });
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    return {
      id,
      started,
      ended,
      stop: async (fadeOutMs = 0) => {
        await channel.request('player.stop', { player: id, to, fadeOutMs });
      },
    };
  }

  started(player: string): void {
    this.#waiting.get(player)?.started();
  }

  ended({ player, ...end }: PlayerEnded): void {
    this.#waiting.get(player)?.ended(end);
    this.#waiting.delete(player);
  }

  /** What was played over connections that are gone has ended. */
  lost(): void {
    for (const [player, { channel, ended }] of this.#waiting) {
      if (!channel.closed) continue;
      this.#waiting.delete(player);
      ended({ reason: 'lost', playedMs: 0 });
    }
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}
