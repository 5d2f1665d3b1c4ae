import type { Clock } from '../../base/clock.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { DialogRequest, DialogRequestOptions, DialogResponse } from '../../sip/dialog/dialog-listener.ts';
import { ReferNotifier } from '../../sip/refer/refer-notifier.ts';
import type { Refer } from '../../sip/refer/refer-request.ts';

/** Tells a transferor how its transfer goes, and knows when it has heard the end. */
export class WatchedNotifier {
  readonly #notifier: ReferNotifier;
  readonly #dialog: Dialog;
  #waiting = 0;
  #idle: (() => void) | null = null;

  constructor(clock: Clock, dialog: Dialog, refer: Refer, first: boolean) {
    this.#dialog = dialog;
    this.#notifier = new ReferNotifier({
      clock,
      refer,
      first,
      dialog: { request: (method, options) => this.#request(method, options) },
    });
  }

  accept(request: DialogRequest): void {
    this.#notifier.accept(request);
  }

  progress(status: number): void {
    this.#notifier.progress(status);
  }

  subscribed(request: DialogRequest): boolean {
    return this.#notifier.subscribed(request);
  }

  finish(status: number, reason = ''): void {
    this.#notifier.finish(status, reason);
  }

  /** Resolves when nothing that was to be told is under way any more, at the latest after Timer F. */
  async told(): Promise<void> {
    if (this.#waiting > 0) {
      await new Promise<void>(done => {
        this.#idle = done;
      });
    }
  }

  close(): void {
    this.#notifier.close();
  }

  async #request(method: string, options?: DialogRequestOptions): Promise<DialogResponse> {
    this.#waiting++;
    try {
      return await this.#dialog.request(method, options);
    } finally {
      // After the notifier has had its turn to send what has happened meanwhile.
      setImmediate(() => {
        if (--this.#waiting === 0) this.#idle?.();
      });
    }
  }
}
