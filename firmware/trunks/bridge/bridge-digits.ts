import { messageOf } from '../../base/errors.ts';
import { INFO_DIGIT_TYPE, type InfoDigit, infoBody, infoDigit } from '../../calls/info-digit.ts';
import type { DialogRequest } from '../../sip/dialog/dialog-listener.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeSide } from './bridge-side.ts';
import { DigitSources } from './digit-sources.ts';

const MIN_MS = 40;
const MAX_MS = 5000;
const ACCEPTED = [['Accept', `${INFO_DIGIT_TYPE}, application/dtmf`]] as const;

/** Carries digits from one side to the other, each once, in the way that the other one's trunk wants them. */
export class BridgeDigits {
  readonly #bridge: Bridge;
  readonly #sources = new Map<BridgeSide, DigitSources>();

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** A leg has received the end of an RFC 4733 event. */
  event(side: BridgeSide, digit: string, durationMs: number): void {
    if (!this.#bridge.has(side)) return;
    this.#sourcesOf(side).event();
    const other = this.#bridge.otherOf(side);
    // The worker has passed its packets on already.
    if (this.#bridge.media.passage === 'relay' && takesEvents(other)) return;
    this.#send(other, { digit, durationMs });
  }

  /** An INFO in a side's dialog (no RFC: Cisco's application/dtmf-relay). */
  info(side: BridgeSide, info: DialogRequest): void {
    const { request, body } = info;
    if (body.length === 0) {
      info.respond(200);
      return;
    }
    const digit = infoDigit(request.headers.get('Content-Type') ?? '', body);
    if (digit === null) info.respond(415, undefined, ACCEPTED);
    else if (digit === 'malformed') info.respond(400);
    else if (!side.terms.digits.accept.includes('info')) info.respond(403, 'Digits By INFO Are Not Taken Here');
    else {
      info.respond(200);
      const maySendEvents = side.terms.digits.accept.includes('rfc4733') && !!side.agreed?.receiveTelephoneEvent;
      this.#sourcesOf(side).info(digit, maySendEvents);
    }
  }

  close(): void {
    for (const sources of this.#sources.values()) sources.close();
    this.#sources.clear();
  }

  #sourcesOf(side: BridgeSide): DigitSources {
    const known = this.#sources.get(side);
    if (known) return known;
    const { clock } = this.#bridge.context.calls.services;
    const made = new DigitSources(clock, digit => {
      if (this.#bridge.has(side)) this.#send(this.#bridge.otherOf(side), digit);
    });
    this.#sources.set(side, made);
    return made;
  }

  #send(side: BridgeSide, { digit, durationMs }: InfoDigit): void {
    const { log, ref } = this.#bridge.call;
    const digitMs = Math.min(Math.max(Math.round(durationMs), MIN_MS), MAX_MS);
    const lost = (problem: string) => log.warn({ call: ref.id, side: side.place, problem }, 'a digit was lost');
    if (side.terms.digits.send === 'info') {
      const options = { body: infoBody(digit, digitMs), contentType: INFO_DIGIT_TYPE };
      side.dialog?.request('INFO', options).then(
        ({ status }) => {
          if (status === null || status >= 300) lost(`INFO was answered ${status ?? 'by nobody'}`);
        },
        error => lost(messageOf(error)),
      );
    } else if (!side.agreed?.sendTelephoneEvent) lost('the far end takes no events');
    else side.leg.sendDigits(digit, { digitMs }).catch(error => lost(messageOf(error)));
  }
}

function takesEvents({ agreed, terms }: BridgeSide): boolean {
  return agreed?.sendTelephoneEvent !== undefined && terms.digits.send === 'rfc4733';
}
