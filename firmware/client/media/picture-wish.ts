import type { VideoDimensions } from '../crosspoint.d.ts';
import { logInfo } from '../log.ts';

/** What a subscriber wants of a picture. */
export interface PictureWishes {
  readonly video: boolean;
  /** Null: as large as it comes. */
  readonly preferredResolution: VideoDimensions | null;
}

/** Where it is told, and may fail. */
export type TellWishes = (changed: Partial<PictureWishes>) => Promise<void>;

const AT_FIRST: PictureWishes = { video: true, preferredResolution: null };

/** Has the box send a picture or not, and how large: one request at a time, and in the end what was wished last. */
export class PictureWish {
  #wished = AT_FIRST;
  #told = AT_FIRST;
  #tell: TellWishes | null = null;
  #busy = false;

  set(wishes: PictureWishes): void {
    this.#wished = wishes;
    void this.#settle();
  }

  /** A new subscription, which the box sends its picture. Null: there is none. */
  attach(tell: TellWishes | null): void {
    this.#tell = tell;
    this.#told = AT_FIRST;
    void this.#settle();
  }

  async #settle(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#tell) {
      const [tell, changed] = [this.#tell, difference(this.#told, this.#wished)];
      if (Object.keys(changed).length === 0) break;
      this.#told = this.#wished;
      await tell(changed).catch(error => logInfo(`the box was not told what picture is wanted: ${error}`));
    }
    this.#busy = false;
  }
}

function difference(before: PictureWishes, after: PictureWishes): Partial<PictureWishes> {
  const [was, is] = [before.preferredResolution, after.preferredResolution];
  return {
    ...(before.video !== after.video && { video: after.video }),
    ...((was?.width !== is?.width || was?.height !== is?.height) && { preferredResolution: is }),
  };
}
