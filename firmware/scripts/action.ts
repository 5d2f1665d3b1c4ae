import type { ToneName } from '../announcements/call-tones.ts';
import type { WebTarget } from './web.ts';

/*
 * What a script can have done with a call: the small set of actions into which every dialect compiles.
 */

/** Where the outcome of an action is told; what the answer says takes the place of the rest of the script. */
export interface Continuation {
  readonly target: WebTarget;
  /** Of the dialect's own, for itself: how the outcome is written. */
  readonly form?: string;
}

/** Where events about an action are told, through the outbox. */
export interface EventTarget extends WebTarget {
  /** Which; absent: the dialect's usual ones. */
  readonly events?: readonly string[];
}

export interface Say {
  readonly kind: 'say';
  readonly text: string;
  /** BCP 47, such as "en-GB"; null: the box's own. */
  readonly language: string | null;
  /** As the dialect's vendor calls it; null: the language's usual one. */
  readonly voice: string | null;
  /** How often; 0: until something ends it. */
  readonly loops: number;
  readonly levelDb: number;
}

export interface PlaySound {
  readonly kind: 'play';
  readonly what:
    | { readonly url: string }
    | { readonly tone: ToneName }
    /** `0-9 A-D * # p` (500 ms); they are sent as digits, as the trunk wants them. */
    | { readonly digits: string };
  /** How often; 0: until something ends it. */
  readonly loops: number;
  readonly levelDb: number;
}

export interface Pause {
  readonly kind: 'pause';
  readonly ms: number;
}

/** What can be heard while digits are waited for. */
export type Prompt = Say | PlaySound | Pause;

/** Plays prompts, and collects the keys that are pressed meanwhile and after; the first key silences them. */
export interface Gather {
  readonly kind: 'gather';
  readonly prompts: readonly Prompt[];
  /** From the end of the prompts to the first key. */
  readonly firstDigitMs: number;
  /** From one key to the next. */
  readonly interDigitMs: number;
  /** Keys that end it and are no part of what is collected. */
  readonly finishKeys: string;
  /** null: as many as come. */
  readonly maxDigits: number | null;
  /** null: the script goes on whatever was pressed. */
  readonly next: Continuation | null;
  /** Whether `next` is asked where no key was pressed; else the script goes on. */
  readonly tellsNothing: boolean;
}

/** What is heard by who waits in a conference. */
export type WaitSound = { readonly urls: readonly string[] } | { readonly tone: ToneName } | null;

/** Puts the call into a room of the tenant's, by name: a session of that id is the room of that name. */
export interface Conference {
  readonly kind: 'conference';
  readonly room: string;
  readonly canSpeak: boolean;
  readonly canHear: boolean;
  /** False: until somebody comes for whom it is true, it waits and hears `wait` alone. */
  readonly startsOnEnter: boolean;
  /** When it leaves, everybody who was put in by a script leaves. */
  readonly endsOnExit: boolean;
  readonly wait: WaitSound;
  /** When a short tone is heard by everybody in it. */
  readonly beep: 'enter' | 'exit' | 'both' | null;
  readonly maxMembers: number;
  /** The room is recorded while somebody is in it who was put in so. */
  readonly record: RecordTerms | null;
  readonly limitMs: number | null;
  /** The key * leaves it. */
  readonly leavesOnStar: boolean;
  readonly events: EventTarget | null;
  readonly next: Continuation | null;
}

/** How a recording is made, and where its end is told. */
export interface RecordTerms {
  readonly format: 'wav' | 'ogg' | 'mp3';
  readonly channels: 'mono' | 'dual';
  readonly events: EventTarget | null;
}

export interface ConnectTarget {
  readonly to: { readonly kind: 'number'; readonly number: string } | { readonly kind: 'sip'; readonly uri: string };
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  /** Media must be secured. */
  readonly secure: boolean;
  /** Sent when it answers, before it is joined. */
  readonly sendDigits: string | null;
  /** A script that leads it when it answers, before it is joined. */
  readonly whisper: WebTarget | null;
  readonly events: EventTarget | null;
}

/** Calls somebody and joins the two; of several targets, called at once, the one that answers first. */
export interface Connect {
  readonly kind: 'connect';
  readonly targets: readonly ConnectTarget[];
  /** `user` or `user@host`; null: the caller's own. */
  readonly from: string | null;
  readonly ringMs: number;
  readonly limitMs: number;
  /** What the caller hears until it is answered; null: nothing. */
  readonly ringback: PlaySound | null;
  /** A caller that is not answered yet hears ringing from the network and is answered with the target. */
  readonly answersWithTarget: boolean;
  /** The caller's key * ends it. */
  readonly endsOnStar: boolean;
  readonly record: RecordTerms | null;
  readonly next: Continuation | null;
}

/** Records what the caller says. */
export interface RecordVoice {
  readonly kind: 'record';
  readonly terms: RecordTerms;
  readonly maxMs: number;
  /** Silence that ends it; null: none does. */
  readonly silenceMs: number | null;
  readonly finishKeys: string;
  readonly beep: boolean;
  /** True: the script goes on, and the whole call from now on is recorded, both directions. */
  readonly inBackground: boolean;
  readonly next: Continuation | null;
}

/** Tells the application something, through a request of its own. */
export interface Notify {
  readonly kind: 'notify';
  readonly payload: unknown;
  readonly next: Continuation;
}

export interface Redirect {
  readonly kind: 'redirect';
  readonly target: WebTarget;
}

export interface HangUp {
  readonly kind: 'hang-up';
}

/** Refuses a call that is not answered yet; hangs up one that is. */
export interface Reject {
  readonly kind: 'reject';
  readonly as: 'busy' | 'rejected';
}

export type Action = Prompt | Gather | Conference | Connect | RecordVoice | Notify | Redirect | HangUp | Reject;

/** Something in a document that counts for nothing: an unknown verb or key, a value out of its range. */
export interface ScriptWarning {
  readonly code: 'unknown-verb' | 'unknown-key' | 'bad-value' | 'not-supported' | 'too-long';
  /** In the document: `/Response/Gather[2]/@timeout`, `[3].text`. */
  readonly place: string;
  readonly message: string;
}

/** A document that was read. After its last action the call is hung up. */
export interface Script {
  readonly actions: readonly Action[];
  readonly warnings: readonly ScriptWarning[];
}
