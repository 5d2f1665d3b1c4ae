import * as OT from '/client/crosspoint.mjs';
import { attempt, byId, say } from './page.ts';

/** Which microphone is talked into; with one alone there is no choice. */
export class MicrophoneChoice {
  readonly #publisher: OT.Publisher;
  readonly #choice = byId<HTMLSelectElement>('microphone');
  readonly #changed = () => void attempt(() => this.#offer());

  constructor(publisher: OT.Publisher) {
    this.#publisher = publisher;
    this.#choice.onchange = () => void attempt(() => this.#take());
    // Names of devices are told once the user has let the page have one.
    publisher.on('accessAllowed', this.#changed);
    navigator.mediaDevices?.addEventListener('devicechange', this.#changed);
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#changed);
    byId('microphones').hidden = true;
  }

  async #offer(): Promise<void> {
    const microphones = (await OT.getDevices()).filter(({ kind }) => kind === 'audioInput');
    const used = this.#publisher.getAudioSource()?.getSettings().deviceId;
    this.#choice.replaceChildren(
      ...microphones.map(({ deviceId, label }) => new Option(label || 'Microphone', deviceId)),
    );
    if (used !== undefined) this.#choice.value = used;
    byId('microphones').hidden = microphones.length < 2;
  }

  async #take(): Promise<void> {
    await this.#publisher.setAudioSource(this.#choice.value);
    say(`You talk into ${this.#choice.selectedOptions[0]?.label}.`);
  }
}
