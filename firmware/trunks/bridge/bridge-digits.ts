import { messageOf } from '../../base/errors.ts';
import type { ReceivedDigit } from '../../calls/digit-once.ts';
import { DigitOutput } from '../../calls/digit-output.ts';
import { DigitSources } from '../../calls/digit-sources.ts';
import { wayTo } from '../../calls/digit-way.ts';
import type { DigitTiming, MediaDigit } from '../../media/media.ts';
import type { DialogRequest } from '../../sip/dialog/dialog-listener.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeSide } from './bridge-side.ts';

const MIN_MS = 40;
const MAX_MS = 5000;

interface SideDigits {
  readonly sources: DigitSources;
  readonly output: DigitOutput;
}

/** Carries digits from one side to the other, each once, in the way that the other one's trunk wants them. */
export class BridgeDigits {
  readonly #bridge: Bridge;
  readonly #sides = new Map<BridgeSide, SideDigits>();

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** The worker has heard a digit. */
  heard(side: BridgeSide, digit: MediaDigit): void {
    if (this.#bridge.has(side)) this.#of(side).sources.heard(digit);
  }

  /** An INFO in a side's dialog. */
  info(side: BridgeSide, info: DialogRequest): void {
    const { digits } = side.terms;
    const maySendEvents = digits.accept.includes('rfc4733') && !!side.agreed?.receiveTelephoneEvent;
    this.#of(side).sources.info(info, digits, maySendEvents && this.#relaysEventsTo(this.#bridge.otherOf(side)));
  }

  /** Digits of the application to one side. @throws as DigitOutput.send */
  send(side: BridgeSide, digits: string, timing?: DigitTiming): Promise<void> {
    return this.#of(side).output.send(digits, timing);
  }

  close(): void {
    for (const { sources, output } of this.#sides.values()) {
      sources.close();
      output.close();
    }
    this.#sides.clear();
  }

  #of(side: BridgeSide): SideDigits {
    const known = this.#sides.get(side);
    if (known) return known;
    const { clock } = this.#bridge.context.calls.services;
    const made = {
      sources: new DigitSources(clock, digit => this.#received(side, digit)),
      output: new DigitOutput({
        leg: side.leg,
        dialog: () => side.dialog,
        agreed: () => side.agreed,
        terms: () => side.terms.digits,
        clock,
        lost: problem => this.#lost(side, problem),
      }),
    };
    this.#sides.set(side, made);
    return made;
  }

  #received(side: BridgeSide, digit: ReceivedDigit): void {
    if (!this.#bridge.has(side)) return;
    this.#bridge.call.pressed(side.place, digit);
    const other = this.#bridge.otherOf(side);
    // The worker has passed its packets on already.
    if (digit.source === 'rfc4733' && this.#relaysEventsTo(other)) return;
    const digitMs = Math.min(Math.max(Math.round(digit.durationMs), MIN_MS), MAX_MS);
    this.send(other, digit.digit, { digitMs }).catch(error => this.#lost(other, messageOf(error)));
  }

  #relaysEventsTo({ agreed, terms }: BridgeSide): boolean {
    return (
      this.#bridge.media.passage === 'relay' &&
      !!agreed?.sendTelephoneEvent &&
      wayTo(terms.digits, agreed) === 'rfc4733'
    );
  }

  #lost({ place }: BridgeSide, problem: string): void {
    const { log, ref } = this.#bridge.call;
    log.warn({ call: ref.id, side: place, problem }, 'a digit was lost');
  }
}
