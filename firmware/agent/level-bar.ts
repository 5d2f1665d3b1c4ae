const FLOOR_DB = -60;
/** Of a full bar, each time: so fast a bar falls. */
const FALL = 0.04;

/** A bar that follows a level: rises at once, falls slowly, in decibels as ears do. */
export class LevelBar {
  readonly #bar: HTMLElement;
  #shown = 0;

  constructor(frame: HTMLElement) {
    this.#bar = frame.querySelector('span') ?? frame;
  }

  /** @param level 0 … 1 */
  show(level: number): void {
    const db = 20 * Math.log10(Math.max(level, 1e-6));
    const share = Math.max(0, 1 - db / FLOOR_DB);
    this.#shown = Math.max(share, this.#shown - FALL);
    this.#bar.style.setProperty('--level', this.#shown.toFixed(3));
  }
}
