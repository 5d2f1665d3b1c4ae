import { attempt, byId, say } from './page.ts';

export interface Choosable {
  readonly deviceId: string;
  readonly label: string | null;
}

export interface DeviceChoiceOptions {
  /** Id of the select; that of its label has an s behind it. */
  readonly id: 'microphone' | 'loudspeaker';
  readonly devices: () => Promise<readonly Choosable[]>;
  /** Id of the one that is used. */
  readonly used: () => Promise<string | undefined>;
  readonly take: (deviceId: string) => Promise<void>;
  /** What is said of the one that was chosen, before its name. */
  readonly sentence: string;
}

/** One of the devices of a kind; where there is one alone, nothing is to be chosen. */
export class DeviceChoice {
  readonly #options: DeviceChoiceOptions;
  readonly #select: HTMLSelectElement;
  readonly #changed = () => void attempt(() => this.offer());

  constructor(options: DeviceChoiceOptions) {
    this.#options = options;
    this.#select = byId<HTMLSelectElement>(options.id);
    this.#select.onchange = () => void attempt(() => this.#take());
    navigator.mediaDevices?.addEventListener('devicechange', this.#changed);
  }

  /** Names of devices are told once the user has let the page have one. */
  async offer(): Promise<void> {
    const { devices, used, id } = this.#options;
    const found = await devices();
    const current = await used();
    this.#select.replaceChildren(...found.map(({ deviceId, label }) => new Option(label || 'Unnamed', deviceId)));
    if (current !== undefined) this.#select.value = current;
    byId(`${id}s`).hidden = found.length < 2;
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#changed);
    byId(`${this.#options.id}s`).hidden = true;
  }

  async #take(): Promise<void> {
    const { take, sentence } = this.#options;
    await take(this.#select.value);
    say(`${sentence} ${this.#select.selectedOptions[0]?.label}.`);
  }
}
