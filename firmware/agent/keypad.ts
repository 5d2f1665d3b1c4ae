import type { Session } from '/client/crosspoint.mjs';
import { attempt, button, byId } from './page.ts';
import type { Person } from './person.ts';

const KEYS = '123456789*0#';
/** So many of the last digits are shown. */
const SHOWN = 24;

/** Twelve keys whose digits go to one of the phones. */
export class Keypad {
  readonly #session: Session;
  readonly #choice = byId<HTMLSelectElement>('keypad-phone');
  readonly #keys = byId('keys');
  #phones: readonly Person[] = [];
  #sent = '';

  constructor(session: Session) {
    this.#session = session;
    this.#keys.replaceChildren(...[...KEYS].map(key => button(key, () => this.#send(key))));
    this.#keys.onkeydown = ({ key, ctrlKey, metaKey, altKey }) => {
      if (KEYS.includes(key) && !ctrlKey && !metaKey && !altKey) void attempt(() => this.#send(key));
    };
    this.offer([]);
  }

  /** The phones that can be sent digits; the one that was chosen stays so. */
  offer(phones: readonly Person[]): void {
    const chosen = this.#choice.value;
    this.#phones = phones;
    this.#choice.replaceChildren(...phones.map(({ name, connection }) => new Option(name, connection.connectionId)));
    if (phones.some(({ connection }) => connection.connectionId === chosen)) this.#choice.value = chosen;
    byId('keypad').hidden = phones.length === 0 || !this.#session.capabilities.forceDisconnect;
  }

  async #send(digit: string): Promise<void> {
    const phone = this.#phones.find(({ connection }) => connection.connectionId === this.#choice.value);
    if (!phone) return;
    await this.#session.sendDigits(phone.connection, digit);
    this.#sent = (this.#sent + digit).slice(-SHOWN);
    byId('sent').hidden = false;
    byId('digits-sent').textContent = this.#sent;
  }
}
