/** Whether new calls are refused while those that there are go on. */
export class Drain {
  readonly #changed: (on: boolean) => void;
  #on = false;

  /** @param changed tells whoever takes calls */
  constructor(changed: (on: boolean) => void) {
    this.#changed = changed;
  }

  get on(): boolean {
    return this.#on;
  }

  set(on: boolean): void {
    this.#on = on;
    this.#changed(on);
  }
}
