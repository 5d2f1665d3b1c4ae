import type { ProjectId } from '../../base/ids.ts';
import type { Action, Conference, Gather, Script } from '../action.ts';
import type { Application, Leader } from '../leader.ts';
import type { Outcome } from '../outcome.ts';
import type { ScriptedCall } from '../scripted-call.ts';
import { MAX_DIGITS } from './pin.ts';
import type { PinBook } from './pin-book.ts';
import { type PinTexts, pinTexts } from './pin-texts.ts';

export interface PinApplicationParts {
  /** Whose call it is. */
  readonly project: ProjectId;
  /** Whose PINs are asked for; null: anybody's. */
  readonly pinsOf: readonly ProjectId[] | null;
  readonly book: Pick<PinBook, 'enter' | 'longest' | 'guard'>;
  /** BCP 47. */
  readonly language: string;
}

const TRIES = 3;
const FIRST_DIGIT_MS = 8_000;
const INTER_DIGIT_MS = 4_000;
/** Where nobody is asked: the leader answers itself. */
const HERE = { target: { url: 'pin:', method: 'GET' } } as const;
const MAX_MEMBERS = 1_000;

/** Asks callers for a PIN and puts them into the session that it leads to: a script without a server. */
export function pinApplication(parts: PinApplicationParts): Application {
  return { project: parts.project, lead: call => new PinLeader(parts, call) };
}

class PinLeader implements Leader {
  readonly first: Leader['first'];
  readonly fallback = null;
  readonly apology = null;
  readonly #parts: PinApplicationParts;
  readonly #texts: PinTexts;
  readonly #call: ScriptedCall['call'];
  #tries = 0;

  constructor(parts: PinApplicationParts, call: ScriptedCall) {
    this.#parts = parts;
    this.#texts = pinTexts(parts.language);
    this.#call = call.call;
    this.#call.asksSecret = true;
    const { book } = parts;
    this.first = {
      kind: 'script',
      script: book.guard.isLocked(this.#caller) ? this.#goodbye('locked') : this.#ask('ask'),
    };
  }

  get #caller(): string {
    return this.#call.from;
  }

  answer(_continuation: unknown, outcome: Outcome): Script {
    if (outcome.kind !== 'gathered') return scriptOf();
    if (outcome.digits === '') return this.#again('ask', 'sorry');
    const entry = this.#parts.book.enter(outcome.digits, this.#parts.pinsOf, this.#caller);
    switch (entry.kind) {
      case 'session':
        this.#call.asksSecret = false;
        return scriptOf(this.#say('welcome'), conference(entry.session));
      case 'wrong':
        return this.#again('wrong', 'sorry');
      case 'locked':
        return this.#goodbye('locked');
      default:
        return entry satisfies never;
    }
  }

  ask(): never {
    throw new Error('a PIN is asked of nobody else');
  }

  read(): null {
    return null;
  }

  happened(): [] {
    return [];
  }

  child(): Leader {
    return this;
  }

  #again(text: 'ask' | 'wrong', last: 'sorry'): Script {
    this.#tries += 1;
    return this.#tries < TRIES ? this.#ask(text) : this.#goodbye(last);
  }

  #ask(text: 'ask' | 'wrong'): Script {
    const gather: Gather = {
      kind: 'gather',
      prompts: [this.#say(text)],
      firstDigitMs: FIRST_DIGIT_MS,
      interDigitMs: INTER_DIGIT_MS,
      finishKeys: '#',
      maxDigits: this.#parts.book.longest(this.#parts.pinsOf) ?? MAX_DIGITS,
      next: HERE,
      tellsNothing: true,
    };
    return scriptOf(gather);
  }

  #goodbye(text: 'sorry' | 'locked'): Script {
    return scriptOf(this.#say(text), { kind: 'hang-up' });
  }

  #say(text: Exclude<keyof PinTexts, 'language'>) {
    const { language } = this.#texts;
    return { kind: 'say', text: this.#texts[text], language, voice: null, loops: 1, levelDb: 0 } as const;
  }
}

function conference(room: string): Conference {
  return {
    kind: 'conference',
    room,
    canSpeak: true,
    canHear: true,
    startsOnEnter: true,
    endsOnExit: false,
    wait: null,
    beep: null,
    maxMembers: MAX_MEMBERS,
    record: null,
    limitMs: null,
    leavesOnStar: false,
    events: null,
    next: null,
  };
}

function scriptOf(...actions: readonly Action[]): Script {
  return { actions, warnings: [] };
}
