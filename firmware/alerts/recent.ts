interface Mark {
  readonly at: number;
  readonly value: number;
}

/** By how much a count that only rises has risen in a stretch of time. */
export class Recent {
  readonly #windowMs: number;
  #marks: Mark[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /**
   * @param now milliseconds of a clock that never goes back
   * @param value one that is lower than before has begun anew: its whole is the rise
   */
  risen(now: number, value: number): number {
    const last = this.#marks.at(-1);
    if (last && value < last.value)
      this.#marks = this.#marks.map(({ at, value: before }) => ({ at, value: before - last.value }));
    if (this.#marks.at(-1)?.value !== value) this.#marks.push({ at: now, value });
    // The newest mark from before the window says where the count stood when it began.
    while (this.#marks.length > 1 && (this.#marks[1]?.at ?? now) <= now - this.#windowMs) this.#marks.shift();
    return value - (this.#marks[0]?.value ?? value);
  }
}
