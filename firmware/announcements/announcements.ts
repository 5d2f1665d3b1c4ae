import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { PlaySource } from '../../pipelines/protocol/player.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { LegId, SessionId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { MediaLeg } from '../media/media.ts';
import type { Play, PlayEnd, Playing } from '../media/players.ts';
import { callTones, type ToneName } from './call-tones.ts';

/** Whoever asked is told by then, also of a far end that is on hold. */
const START_LIMIT_MS = 2_000;

export type Announcement = Omit<Play, 'source'> & {
  readonly what: { readonly file: string } | { readonly tone: ToneName };
};

/** What is told of its end. */
export interface EndOfPlay {
  readonly player: string;
  readonly reason: PlayEnd['reason'];
  readonly playedMs: number;
}

export interface Announced {
  readonly player: string;
  /** waiting: nothing can be heard yet, as on hold */
  readonly state: 'playing' | 'waiting';
}

/** What the operator has played to callers: files of the directories that the configuration allows, and tones. */
export class Announcements {
  readonly #directories: readonly string[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #playing = new Map<LegId, Map<string, Playing>>();

  constructor(directories: readonly string[], clock: Clock, log: Log) {
    this.#directories = directories.map(directory => path.resolve(directory));
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Resolves when it is heard, or waits to be.
   * @param session everybody there hears it; null: the far end of the leg alone
   * @param ended is told once how it ended, unless this rejects
   * @throws CrosspointError media.file-unknown, media.file-refused, media.file-undecodable, media.too-many-players, media.not-mixed
   */
  async play(
    leg: MediaLeg,
    session: SessionId | null,
    { what, ...manner }: Announcement,
    ended: (end: EndOfPlay) => void,
  ): Promise<Announced> {
    const source = 'tone' in what ? callTones[what.tone] : await this.#find(what.file);
    const playing = await leg.play({ ...manner, source }, session);
    this.#keep(leg, playing);
    const begun = await this.#begun(playing);
    const tellEnd = () =>
      void playing.ended.then(({ reason, playedMs }) =>
        ended({ player: playing.id, reason, playedMs: Math.round(playedMs) }),
      );
    if (typeof begun === 'string') {
      tellEnd();
      return { player: playing.id, state: begun };
    }
    if (begun.reason === 'failed')
      throw new CrosspointError(asMediaCode(begun.code), begun.message ?? 'It could not be played');
    tellEnd();
    return { player: playing.id, state: 'playing' };
  }

  /**
   * @param player null: all that is played by way of that leg
   * @throws CrosspointError media.player-unknown
   */
  async stop(leg: MediaLeg, player: string | null, fadeOutMs: number): Promise<void> {
    const all = this.#playing.get(leg.id);
    const chosen = player === null ? [...(all?.values() ?? [])] : [all?.get(player)];
    await Promise.all(
      chosen.map(playing => {
        if (!playing)
          throw new CrosspointError('media.player-unknown', 'Nothing of that id is being played to the call');
        return playing.stop(fadeOutMs);
      }),
    );
  }

  async #begun({ started, ended }: Playing): Promise<Announced['state'] | PlayEnd> {
    let limit: Timer | null = null;
    const late = new Promise<'waiting'>(resolve => {
      limit = this.#clock.after(START_LIMIT_MS, () => resolve('waiting'));
    });
    try {
      return await Promise.race([started.then(() => 'playing' as const), ended, late]);
    } finally {
      (limit as Timer | null)?.stop();
    }
  }

  #keep(leg: MediaLeg, playing: Playing): void {
    const all = this.#playing.get(leg.id) ?? new Map<string, Playing>();
    this.#playing.set(leg.id, all.set(playing.id, playing));
    void playing.ended.then(({ reason, playedMs, message }) => {
      all.delete(playing.id);
      if (all.size === 0) this.#playing.delete(leg.id);
      const told = { leg: leg.id, player: playing.id, reason, playedMs: Math.round(playedMs) };
      if (reason === 'failed') this.#log.warn({ ...told, problem: message }, 'what was played failed');
      else this.#log.debug(told, 'what was played has ended');
    });
  }

  /** @throws CrosspointError media.file-unknown */
  async #find(file: string): Promise<PlaySource> {
    for (const directory of this.#directories) {
      // Whether it may be read is decided where it is opened.
      const found = await stat(path.join(directory, file)).catch(() => null);
      if (found) return { kind: 'file', directory, file };
    }
    throw new CrosspointError(
      'media.file-unknown',
      `There is no ${file} in the announcements.directories of the configuration`,
    );
  }
}

function asMediaCode(code: string | undefined): `media.${string}` {
  return code?.startsWith('media.') ? (code as `media.${string}`) : 'media.failed';
}
