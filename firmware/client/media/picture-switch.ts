import { logInfo } from '../log.ts';

/** Where it is told, and may fail. */
export type TellVideo = (on: boolean) => Promise<void>;

/** Has the box send a picture or not: one request at a time, and in the end what was wished last. */
export class PictureSwitch {
  #isOn = true;
  #told = true;
  #tell: TellVideo | null = null;
  #busy = false;

  set(on: boolean): void {
    this.#isOn = on;
    void this.#settle();
  }

  /** A new subscription, which the box sends its picture. Null: there is none. */
  attach(tell: TellVideo | null): void {
    this.#tell = tell;
    this.#told = true;
    void this.#settle();
  }

  async #settle(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#tell && this.#told !== this.#isOn) {
      const [tell, wished] = [this.#tell, this.#isOn];
      this.#told = wished;
      await tell(wished).catch(error => logInfo(`the box was not told to switch a picture: ${error}`));
    }
    this.#busy = false;
  }
}
