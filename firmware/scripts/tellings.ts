import type { Clock } from '../base/clock.ts';
import type { CallRef } from '../calls/events.ts';
import type { ScriptWarning } from './action.ts';
import type { ScriptEvent } from './events.ts';
import type { Telling } from './leader.ts';

/** A document of nothing but mistakes is not worth more of the operator's attention. */
const MAX_WARNINGS = 20;
const MAX_TEXT = 200;

export interface TellingsOptions {
  /** The outbox; it reports itself where it cannot be written. */
  readonly events: { record(event: ScriptEvent): Promise<void> };
  readonly clock: Clock;
}

/** Writes down what applications, and the operator, are to be told of scripted calls: in order per call, at least once. */
export class Tellings {
  readonly #options: TellingsOptions;

  constructor(options: TellingsOptions) {
    this.#options = options;
  }

  /** Resolves when all are on disk, or cannot be. Never rejects. */
  async tell(call: CallRef, tellings: readonly Telling[]): Promise<void> {
    await this.#record(tellings.map(telling => ({ ...this.#base(call), type: 'applicationTold', telling })));
  }

  /** What is told of the call if the service ends before it does: these, and no longer those that were kept before. Never rejects. */
  async keep(call: CallRef, tellings: readonly Telling[]): Promise<void> {
    await this.#record([{ ...this.#base(call), type: 'lastWordsKept', tellings }]);
  }

  /**
   * For the operator. Never rejects.
   * @param url of the document; null: it came with a request
   */
  async warned(call: CallRef, url: string | null, warnings: readonly ScriptWarning[]): Promise<void> {
    if (warnings.length === 0) return;
    const told = warnings.slice(0, MAX_WARNINGS).map(({ code, place, message }) => ({
      code,
      place: place.slice(0, MAX_TEXT),
      message: message.slice(0, MAX_TEXT),
    }));
    await this.#record([{ ...this.#base(call), type: 'scriptWarned', url: url && bare(url), warnings: told }]);
  }

  #base(call: CallRef) {
    return { time: this.#options.clock.now(), call };
  }

  async #record(events: readonly ScriptEvent[]): Promise<void> {
    await Promise.allSettled(events.map(event => this.#options.events.record(event)));
  }
}

/** What of a URL may be shown: neither query nor password. */
function bare(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.slice(0, MAX_TEXT);
}
