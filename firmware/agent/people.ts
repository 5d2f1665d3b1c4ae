import type { Connection, Session, Stream } from '/client/crosspoint.mjs';
import { byId, say } from './page.ts';
import { Person } from './person.ts';
import { phoneStates } from './phone-words.ts';

/** Everybody else in the session, as a list that follows it. */
export class People {
  readonly #people = new Map<string, Person>();
  readonly #session: Session;
  readonly #changed: () => void;

  /** @param changed called when somebody came, left, or a phone's state changed */
  constructor(session: Session, changed: () => void) {
    this.#session = session;
    this.#changed = changed;
    session.on({
      connectionCreated: ({ connection }) => this.#came(connection),
      connectionPropertyChanged: ({ connection }) => this.#phoneChanged(connection),
      connectionDestroyed: ({ connection }) => this.#left(connection),
      streamCreated: ({ stream }) => this.#published(stream),
      streamPropertyChanged: ({ stream }) => this.#people.get(stream.connection.connectionId)?.update(),
      digitReceived: ({ connection, digit }) => this.#people.get(connection.connectionId)?.pressed(digit),
      sessionDisconnected: () => this.#clear(),
    });
  }

  /** Those that can be sent digits. */
  phones(): Person[] {
    return [...this.#people.values()].filter(({ connection }) => connection.phone?.state === 'active');
  }

  #came(connection: Connection): void {
    if (connection.connectionId === this.#session.connection?.connectionId) return;
    const person = new Person(this.#session, connection);
    this.#people.set(connection.connectionId, person);
    byId('people').append(person.row);
    say(`${person.name} is in the session.`);
    this.#update();
  }

  #phoneChanged(connection: Connection): void {
    const person = this.#people.get(connection.connectionId);
    if (!person) return;
    person.update();
    if (connection.phone) say(`${person.name} is ${phoneStates[connection.phone.state]}.`);
    this.#update();
  }

  #left(connection: Connection): void {
    const person = this.#people.get(connection.connectionId);
    if (!person) return;
    person.remove();
    this.#people.delete(connection.connectionId);
    say(`${person.name} has left.`);
    this.#update();
  }

  #published(stream: Stream): void {
    const person = this.#people.get(stream.connection.connectionId);
    const subscriber = person?.listenTo(stream);
    person?.update();
    subscriber?.on('audioBlocked', () => {
      byId('unblock').hidden = false;
    });
  }

  #clear(): void {
    for (const person of this.#people.values()) person.remove();
    this.#people.clear();
    this.#update();
  }

  #update(): void {
    byId('nobody').hidden = this.#people.size > 0;
    this.#changed();
  }
}
