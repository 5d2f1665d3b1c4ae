import type { PlayerEnded, PlayerStart, PlayTo } from '../../pipelines/protocol/player.ts';
import { newId } from '../base/ids.ts';
import type { WorkerChannel } from './channel.ts';

/** What is played, and how. */
export type Play = Omit<PlayerStart, 'player' | 'to'>;

/** How a player ended; lost: its worker went. */
export type PlayEnd = Omit<PlayerEnded, 'player'> | { readonly reason: 'lost'; readonly playedMs: number };

export interface Playing {
  readonly id: string;
  /** Never rejects. */
  readonly ended: Promise<PlayEnd>;
  /** Fades it out. @throws CrosspointError media.player-unknown when it has ended already */
  stop(fadeOutMs?: number): Promise<void>;
}

interface Waiting {
  readonly channel: WorkerChannel;
  readonly ended: (end: PlayEnd) => void;
}

/** What is being played by all workers, and who waits for its end. */
export class Players {
  readonly #waiting = new Map<string, Waiting>();

  /** @throws CrosspointError media.… */
  async start(channel: WorkerChannel, to: PlayTo, play: Play): Promise<Playing> {
    const id = newId();
    const ended = new Promise<PlayEnd>(resolve => this.#waiting.set(id, { channel, ended: resolve }));
    try {
      await channel.request('player.start', { player: id, to, ...play });
    } catch (error) {
      this.#waiting.delete(id);
      throw error;
    }
    return {
      id,
      ended,
      stop: async (fadeOutMs = 0) => {
        await channel.request('player.stop', { player: id, to, fadeOutMs });
      },
    };
  }

  ended({ player, ...end }: PlayerEnded): void {
    this.#end(player, end);
  }

  /** What was played over connections that are gone has ended. */
  lost(): void {
    for (const [player, { channel }] of this.#waiting) if (channel.closed) this.#end(player, { reason: 'lost', playedMs: 0 });
  }

  #end(player: string, end: PlayEnd): void {
    this.#waiting.get(player)?.ended(end);
    this.#waiting.delete(player);
  }
}
