/** Who listens to the keys of one far end: the one that came last hears them. */
export class Keys {
  readonly #listeners: ((key: string) => void)[] = [];

  /** @returns ends it */
  listen(listener: (key: string) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.lastIndexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  pressed(key: string): void {
    this.#listeners.at(-1)?.(key);
  }
}
