import type { Connection, Session, Stream, Subscriber } from '/client/crosspoint.mjs';
import { LevelBar } from './level-bar.ts';
import { button, byId, complain, toggle } from './page.ts';
import { qualityText } from './quality-text.ts';

const QUALITY_INTERVAL_MS = 5_000;

/** Somebody else in the session: a row of the list, and what is heard of them. */
export class Person {
  readonly connection: Connection;
  readonly row: HTMLElement;
  readonly #session: Session;
  readonly #bar: LevelBar;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(session: Session, connection: Connection) {
    this.connection = connection;
    this.#session = session;
    const template = byId<HTMLTemplateElement>('person').content.cloneNode(true) as DocumentFragment;
    this.row = template.querySelector('li') as HTMLElement;
    this.#find('name').textContent = this.name;
    this.#bar = new LevelBar(this.#find('level'));
    this.#find('buttons').append(...this.#buttons());
    this.#timer = setInterval(() => void this.#showQuality(), QUALITY_INTERVAL_MS);
    this.update();
  }

  get name(): string {
    const { phone, data } = this.connection;
    return phone ? phone.number : data || 'Participant';
  }

  /** Called when a phone's state has changed, too. */
  update(): void {
    this.#find('state').textContent = this.connection.phone ? this.connection.phone.state : '';
  }

  /** What it publishes is played, and its level shown. */
  listenTo(stream: Stream): Subscriber {
    const subscriber = this.#session.subscribe(
      stream,
      null,
      { insertDefaultUI: false, subscribeToVideo: false },
      error => {
        if (error) complain(`${this.name} is not heard: ${error.message}`);
      },
    );
    subscriber.on('audioLevelUpdated', ({ audioLevel }) => this.#bar.show(audioLevel));
    subscriber.on('destroyed', () => this.#bar.show(0));
    return subscriber;
  }

  remove(): void {
    clearInterval(this.#timer);
    this.row.remove();
  }

  /** Those that the token's role allows. */
  #buttons(): HTMLButtonElement[] {
    const { capabilities } = this.#session;
    if (!capabilities.forceDisconnect) return [];
    const buttons = this.connection.kind === 'phone' ? this.#phoneButtons() : this.#clientButtons();
    for (const each of buttons) each.setAttribute('aria-label', `${each.textContent} ${this.name}`);
    return buttons;
  }

  #phoneButtons(): HTMLButtonElement[] {
    const { connection } = this;
    const hangUp = button('Hang up', () => this.#session.hangUp(connection));
    hangUp.classList.add('danger');
    return [
      toggle('Mute', on => this.#session.mutePhone(connection, on)),
      toggle('Hold', on => this.#session.hold(connection, on)),
      hangUp,
    ];
  }

  #clientButtons(): HTMLButtonElement[] {
    const { connection } = this;
    const remove = button('Remove', () => this.#session.forceDisconnect(connection));
    remove.classList.add('danger');
    const mute = button('Mute', async () => {
      for (const stream of this.#session.streams.where({ connection })) await this.#session.forceMuteStream(stream);
    });
    return [mute, remove];
  }

  async #showQuality(): Promise<void> {
    const of =
      this.connection.kind === 'phone'
        ? this.connection
        : this.#session.streams.where({ connection: this.connection })[0];
    // Figures come with the first interval, and for who may see them: until then there is nothing to show.
    const quality = of ? await this.#session.getQuality(of).catch(() => null) : null;
    this.#find('figures').textContent = qualityText(quality);
  }

  #find(name: string): HTMLElement {
    return this.row.querySelector(`.${name}`) as HTMLElement;
  }
}
