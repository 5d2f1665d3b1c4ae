type Done = (error: Error | null) => void;
type Send = (done: Done) => void;

/** How many messages may be on their way unacknowledged (MQTT 5 §4.9): those beyond wait their turn, in order. */
export class SendWindow {
  readonly #waiting: { readonly send: Send; readonly done: Done }[] = [];
  #free = Number.POSITIVE_INFINITY;

  /** @param size as the broker says; undefined: as many as there are */
  open(size = Number.POSITIVE_INFINITY): void {
    this.#free = size;
  }

  send(send: Send, done: Done): void {
    this.#waiting.push({ send, done });
    this.#pump();
  }

  #pump(): void {
    while (this.#free > 0) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#free -= 1;
      next.send(error => {
        this.#free += 1;
        next.done(error);
        this.#pump();
      });
    }
  }
}
