import { randomUUID } from 'node:crypto';
import type { ConnectTarget, Continuation, EventTarget, Script, ScriptWarning } from '../../scripts/action.ts';
import type { Happening, Leader, ScriptSource, Telling } from '../../scripts/leader.ts';
import type { Outcome } from '../../scripts/outcome.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import type { WebDocument, WebFailure, WebRequest, WebTarget } from '../../scripts/web.ts';
import { shownAddress } from './address.ts';
import { type EndedSo, endedSo } from './call-status.ts';
import {
  type About,
  answerBody,
  answeredFields,
  connectedSo,
  endFields,
  errorBody,
  type Fields,
  fallbackFields,
  inputBody,
  notifyBody,
  recordBody,
  statusBody,
  transferBody,
} from './event-bodies.ts';
import { compileNcco, readNcco } from './ncco/compile.ts';
import type { CompiledNcco, Form } from './ncco/compiled.ts';
import { webRequest } from './web-request.ts';

/** How a call is led by its application. */
export interface VoiceTerms {
  /** Where its first NCCO is, or the NCCO itself; null: it is only joined with another call. */
  readonly first: WebTarget | { readonly ncco: unknown } | null;
  /** Where it is told what becomes of the call; null: nowhere. */
  readonly events: EventTarget | null;
  readonly fallback: WebTarget | null;
  /** As webhooks name the two; null: as the call itself has it. */
  readonly from: string | null;
  readonly to: string | null;
  /** Where a recording can be fetched. */
  readonly recordingUrl: (id: string) => string;
}

/** So many reasons stand in one error event. */
const MAX_REASONS = 5;

/** One call of a Vonage application (CONTRACT §3): NCCOs lead it, webhooks tell of it. */
export class VoiceLeader implements Leader {
  readonly first: ScriptSource | null;
  /** A caller hears nothing of it; the call ends. */
  readonly apology = null;
  /** Where every key that is pressed is told; null: nowhere. */
  keysTo: WebTarget | null = null;
  /** How it ended; null: it has not. */
  end: EndedSo | null = null;
  readonly #terms: VoiceTerms;
  readonly #call: ScriptedCall;
  /** Of the calls that it was connected with. */
  readonly #children = new Map<string, VoiceLeader>();
  /** Its own conversation, where it is while it is in no other. */
  #own: string;
  #conversation: string;
  /** What was asked for last. */
  #asking: 'answer' | 'event' = 'answer';

  constructor(terms: VoiceTerms, call: ScriptedCall) {
    this.#terms = terms;
    this.#call = call;
    this.#own = conversationOf(call.id);
    this.#conversation = this.#own;
    this.first = this.#firstOf(terms);
  }

  get fallback(): WebTarget | null {
    return this.#terms.fallback;
  }

  /** `CON-` and a UUID. */
  get conversation(): string {
    return this.#conversation;
  }

  get from(): string {
    return this.#terms.from ?? shownAddress(this.#call.call.from);
  }

  get to(): string {
    return this.#terms.to ?? shownAddress(this.#call.call.to);
  }

  /** @throws CrosspointError script.not-a-script */
  compile(ncco: unknown): CompiledNcco {
    return this.#keeping(compileNcco(ncco, { events: this.#terms.events }));
  }

  ask({ target, form }: Continuation, outcome: Outcome, failed: WebFailure | null): WebRequest {
    this.#asking = outcome.kind === 'begun' || outcome.kind === 'redirected' ? 'answer' : 'event';
    const more = failed ? fallbackFields(failed, this.#asking) : {};
    return webRequest(target, { ...this.#outcome(outcome, form as Form | undefined), ...more });
  }

  /** The answer to an event may be anything: only what is a list is an NCCO. */
  read({ text }: WebDocument): Script | null {
    if (this.#asking === 'event' && !text.trimStart().startsWith('[')) return null;
    return this.#keeping(readNcco(text, { events: this.#terms.events }));
  }

  happened(happening: Happening): readonly Telling[] {
    const now = this.#call.call.clock.now();
    const { direction } = this.#call.call;
    switch (happening.kind) {
      case 'initiated':
        return this.#tellStatus(statusBody(this.#about(), 'started', direction, now));
      case 'ringing':
        return this.#tellStatus(statusBody(this.#about(), 'ringing', direction, now));
      case 'answered':
        return this.#tellStatus(statusBody(this.#about(), 'answered', direction, now, answeredFields));
      case 'ended':
        return this.#ended(happening, now);
      case 'warned':
        return this.#warned(happening.warnings);
      case 'document-failed':
        return this.#error(happening.failure.message);
      case 'action-failed':
        return this.#error(happening.message);
      case 'conference':
        if (happening.what === 'join') return this.#moved(`CON-${happening.roomId}`);
        if (happening.what === 'leave') this.#conversation = this.#own;
        return [];
      case 'recording':
        return this.#recording(happening, now);
      case 'transferred':
        this.#own = `CON-${randomUUID()}`;
        return this.#moved(this.#own);
      default:
        return happening satisfies never;
    }
  }

  lastWords(): readonly Telling[] {
    const { stages, direction, clock } = this.#call.call;
    const status = stages.activeAt === null ? 'failed' : 'completed';
    return this.#tellStatus(statusBody(this.#about(), status, direction, clock.now()));
  }

  /** A key of the far end's. */
  pressed(key: string): readonly Telling[] {
    if (!this.keysTo) return [];
    const now = this.#call.call.clock.now();
    return tellings(this.keysTo, inputBody(this.#about(), { digits: key, timedOut: false }, false, now));
  }

  child(target: ConnectTarget, call: ScriptedCall): VoiceLeader {
    const { to, events, whisper } = target;
    const terms = {
      ...this.#terms,
      first: whisper,
      events,
      fallback: null,
      from: null,
      to: to.kind === 'number' ? to.number : to.uri,
    };
    const leader = new VoiceLeader(terms, call);
    this.#children.set(call.id, leader);
    return leader;
  }

  #firstOf({ first }: VoiceTerms): ScriptSource | null {
    if (first === null) return null;
    if ('ncco' in first) return { kind: 'script', script: this.compile(first.ncco) };
    return { kind: 'fetch', target: first, fallback: this.#terms.fallback };
  }

  #keeping(ncco: CompiledNcco): CompiledNcco {
    this.keysTo = ncco.keysTo ?? this.keysTo;
    return ncco;
  }

  #about(): About {
    return { from: this.from, to: this.to, uuid: this.#call.id, conversation_uuid: this.#conversation };
  }

  #outcome(outcome: Outcome, form: Form | undefined): Fields {
    const { clock, headers, direction } = this.#call.call;
    const about = this.#about();
    switch (outcome.kind) {
      case 'gathered':
        return inputBody(about, outcome, form === 'input-legacy', clock.now());
      case 'notified':
        return notifyBody(outcome.payload, about, clock.now());
      case 'connected':
        return this.#connected(outcome);
      case 'begun':
      case 'redirected':
      case 'left':
      case 'recorded':
        return answerBody(about, direction === 'inbound' ? headers : []);
      default:
        return outcome satisfies never;
    }
  }

  /** The event that the connected call has ended. */
  #connected(outcome: Extract<Outcome, { kind: 'connected' }>): Fields {
    const now = this.#call.call.clock.now();
    const child = this.#children.get(outcome.child ?? '');
    const end: EndedSo = child?.end ?? { status: connectedSo(outcome) };
    const { seconds } = outcome;
    const startedAt = seconds === null ? null : now - seconds * 1000;
    const about = child
      ? { ...child.#about(), conversation_uuid: this.#conversation }
      : { ...this.#about(), uuid: outcome.child ?? '' };
    return statusBody(about, end.status, 'outbound', now, endFields(end, { startedAt, endedAt: now, seconds }));
  }

  #ended({ verdict, seconds }: Extract<Happening, { kind: 'ended' }>, now: number): readonly Telling[] {
    const { stages, direction } = this.#call.call;
    const end = endedSo(verdict, seconds !== null);
    this.end = end;
    const times = { startedAt: stages.activeAt, endedAt: stages.endedAt ?? now, seconds };
    return this.#tellStatus(statusBody(this.#about(), end.status, direction, now, endFields(end, times)));
  }

  #recording({ what, recorded, terms }: Extract<Happening, { kind: 'recording' }>, now: number): readonly Telling[] {
    if (what === 'started') return [];
    if (!recorded) return this.#error('A recording failed: nothing of it can be played');
    const url = this.#terms.recordingUrl(recorded.id);
    return tellings(terms.events ?? this.#terms.events, recordBody(recorded, url, this.#conversation, now));
  }

  /** What an application's developer should see: a key that nobody knows changes nothing. */
  #warned(warnings: readonly ScriptWarning[]): readonly Telling[] {
    const grave = warnings.filter(({ code }) => code !== 'unknown-key').slice(0, MAX_REASONS);
    if (grave.length === 0) return [];
    return this.#error(`NCCO: ${grave.map(({ place, message }) => `${place}: ${message}`).join('; ')}`);
  }

  #moved(to: string): readonly Telling[] {
    const from = this.#conversation;
    this.#conversation = to;
    if (from === to) return [];
    return tellings(this.#terms.events, transferBody(this.#call.id, from, to, this.#call.call.clock.now()));
  }

  #error(reason: string): readonly Telling[] {
    return tellings(this.#terms.events, errorBody(reason, this.#conversation, this.#call.call.clock.now()));
  }

  /** Unless the target wants others alone. */
  #tellStatus(fields: Fields): readonly Telling[] {
    const { events } = this.#terms;
    if (events?.events && !events.events.includes(String(fields.status))) return [];
    return tellings(events, fields);
  }
}

/** Of a call that is in no other. */
export function conversationOf(call: string): string {
  return `CON-${call}`;
}

function tellings(target: WebTarget | null, fields: Fields): readonly Telling[] {
  return target ? [{ url: target.url, method: target.method, format: 'json', fields }] : [];
}
