import type { Connection, Session, Stream, Subscriber } from '/client/crosspoint.mjs';
import { LevelBar } from './level-bar.ts';
import { button, byId, complain, toggle } from './page.ts';
import { duration, isAnswered, phoneStates } from './phone-words.ts';
import { qualityText } from './quality-text.ts';

const SECOND_MS = 1_000;
const QUALITY_SECONDS = 5;
/** So many of the last keys are shown. */
const MAX_KEYS = 24;

/** Somebody else in the session: a row of the list, and what is heard of them. */
export class Person {
  readonly connection: Connection;
  readonly row: HTMLElement;
  readonly #session: Session;
  readonly #bar: LevelBar;
  readonly #timer: ReturnType<typeof setInterval>;
  #seconds = 0;
  #keys = '';
  /** Milliseconds since 1970; null before a phone has answered. */
  #answeredAt: number | null = null;

  constructor(session: Session, connection: Connection) {
    this.connection = connection;
    this.#session = session;
    const template = byId<HTMLTemplateElement>('person').content.cloneNode(true) as DocumentFragment;
    this.row = template.querySelector('li') as HTMLElement;
    this.#find('.name').textContent = this.name;
    this.#bar = new LevelBar(this.#find('.level'));
    this.#find('.buttons').append(...this.#buttons());
    // Who had answered before we came: nearly then.
    if (isAnswered(connection.phone)) this.#answeredAt = connection.creationTime;
    this.#timer = setInterval(() => this.#tick(), SECOND_MS);
    this.update();
  }

  get name(): string {
    const { phone, data } = this.connection;
    return phone ? phone.number : data || 'Participant';
  }

  /** Called when something of it has changed: a phone's state, whether it is heard. */
  update(): void {
    const { phone } = this.connection;
    const answered = isAnswered(phone);
    if (answered) this.#answeredAt ??= Date.now();
    const state = this.#find('.state');
    state.hidden = phone === null;
    state.textContent = phone ? phoneStates[phone.state] : '';
    state.dataset.state = phone?.state ?? '';
    const streams = this.#streams();
    this.#find('.muted').hidden = !streams.some(({ muted, hasAudio }) => muted || !hasAudio);
    for (const each of this.row.querySelectorAll<HTMLButtonElement>('.when-answered')) each.disabled = !answered;
    this.#showSince();
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

  /** @param key null: the box does not say which */
  pressed(key: string | null): void {
    this.#keys = (this.#keys + (key ?? '•')).slice(-MAX_KEYS);
    const line = this.#find('.pressed');
    line.hidden = false;
    (line.querySelector('output') as HTMLElement).textContent = this.#keys;
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
    const whenAnswered = [
      toggle('Mute', on => this.#session.mutePhone(connection, on)),
      ...(this.#session.capabilities.dial ? [toggle('Hold', on => this.#session.hold(connection, on))] : []),
    ];
    for (const each of whenAnswered) each.classList.add('when-answered');
    const hangUp = button('Hang up', () =>
      this.#session.capabilities.dial ? this.#session.hangUp(connection) : this.#session.forceDisconnect(connection),
    );
    hangUp.classList.add('danger');
    return [...whenAnswered, hangUp];
  }

  #clientButtons(): HTMLButtonElement[] {
    const { connection } = this;
    const remove = button('Remove', () => this.#session.forceDisconnect(connection));
    remove.classList.add('danger');
    const mute = button('Mute', async () => {
      for (const stream of this.#streams()) await this.#session.forceMuteStream(stream);
    });
    return [mute, remove];
  }

  #tick(): void {
    this.#seconds += 1;
    this.#showSince();
    if (this.#seconds % QUALITY_SECONDS === 0) void this.#showQuality();
  }

  #showSince(): void {
    this.#find('.since').textContent = this.#answeredAt === null ? '' : duration(Date.now() - this.#answeredAt);
  }

  async #showQuality(): Promise<void> {
    const of = this.connection.kind === 'phone' ? this.connection : this.#streams()[0];
    // Figures come with the first interval, and for who may see them: until then there is nothing to show.
    const quality = of ? await this.#session.getQuality(of).catch(() => null) : null;
    this.#find('.figures').textContent = qualityText(quality);
  }

  #streams(): Stream[] {
    return this.#session.streams.where({ connection: this.connection });
  }

  #find(selector: string): HTMLElement {
    return this.row.querySelector(selector) as HTMLElement;
  }
}
