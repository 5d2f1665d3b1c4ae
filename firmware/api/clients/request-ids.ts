/** More than a client can send within the time in which it may resume. */
const MAX_KEPT = 1024;

/** The ids of a client's last requests: one that comes again after a resumption is not done twice. */
export class RequestIds {
  readonly #seen = new Set<number>();

  /** False for one that came before. */
  take(id: number): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MAX_KEPT) break;
      this.#seen.delete(oldest);
    }
    return true;
  }
}
