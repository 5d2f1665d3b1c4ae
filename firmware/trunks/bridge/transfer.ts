import { messageOf } from '../../base/errors.ts';
import { unanswered } from '../../calls/sip-side.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import { Headers } from '../../sip/message/headers.ts';
import type { Refer } from '../../sip/refer/refer-request.ts';
import { formatReferredBy } from '../../sip/refer/referred-by.ts';
import { formatReplaces } from '../../sip/refer/replaces.ts';
import { UNKNOWN_CALLER } from '../caller.ts';
import type { HeaderLines } from '../header-lines.ts';
import { readNumber } from '../number-format.ts';
import type { AdmittedOut } from '../trunk-port.ts';
import { asActive, offerAcross } from './across.ts';
import type { Bridge } from './bridge.ts';
import { BridgeSide } from './bridge-side.ts';
import { Calling } from './calling.ts';
import { newLeg } from './new-leg.ts';
import { statusOfError } from './status-of-error.ts';
import type { TransferTarget } from './transfer-target.ts';

export interface TransferListener {
  progress(status: number): void;
  /** The new side has taken the place of the one that asked. */
  done(): void;
  failed(status: number, reason: string): void;
}

/** Somebody is called for one side of a bridge, and takes its place when it answers (RFC 5589 §6). */
export class Transfer {
  readonly #bridge: Bridge;
  readonly #leaves: BridgeSide;
  readonly #refer: Refer;
  readonly #target: TransferTarget;
  readonly #listener: TransferListener;
  #comes: BridgeSide | null = null;
  #calling: Calling | null = null;
  #over = false;

  constructor(bridge: Bridge, leaves: BridgeSide, refer: Refer, target: TransferTarget, listener: TransferListener) {
    this.#bridge = bridge;
    this.#leaves = leaves;
    this.#refer = refer;
    this.#target = target;
    this.#listener = listener;
  }

  /** Resolves when the call is on its way; the listener hears the rest. */
  async start(): Promise<void> {
    const { context, call } = this.#bridge;
    const { entries, project, called } = this.#target;
    const { leg, owner } = await newLeg(context, call.ref.id);
    if (this.#over) {
      void leg.close();
      return;
    }
    const comes = new BridgeSide(leg, this.#leaves.place, null, context.calls.settings.terms);
    Object.assign(owner, { bridge: this.#bridge, side: comes });
    this.#comes = comes;
    this.#calling = new Calling({
      context,
      call: call.ref.id,
      project,
      side: comes,
      entries,
      maxForwards: 70,
      caller: {
        caller: this.#caller(),
        headers: Headers.of(this.#refer.target.headers),
        pass: this.#leaves.trunk?.config.headers.pass ?? [],
        called,
      },
      headers: this.#headers(),
      listener: {
        offer: () => {
          const other = this.#bridge.otherOf(this.#leaves);
          return offerAcross(comes, other, asActive(other.remote ?? ''));
        },
        trying: callId => call.speaksIn(callId),
        progress: status => this.#listener.progress(status),
        accepted: (dialog, body, _headers, admitted) => this.#accepted(comes, dialog, body, admitted),
        failed: ({ status, reason }) => this.#fail(status, reason.message),
      },
    });
    this.#calling.start();
  }

  /** The call has ended. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#calling?.cancel([]);
    void this.#comes?.leg.close();
  }

  #accepted(comes: BridgeSide, dialog: Dialog, body: Buffer, admitted: AdmittedOut): void {
    if (this.#over) {
      admitted.release();
      void dialog.bye();
      return;
    }
    try {
      comes.takeAnswer(body);
    } catch (error) {
      admitted.release();
      void dialog.bye();
      const { log, ref } = this.#bridge.call;
      log.warn({ call: ref.id, problem: messageOf(error) }, 'the answer to a transfer is of no use');
      this.#fail(statusOfError(error), '');
      return;
    }
    this.#over = true;
    this.#bridge.admit(admitted);
    comes.signalling = unanswered(() => void dialog.bye());
    const stays = this.#bridge.otherOf(this.#leaves);
    this.#bridge.exchange(this.#leaves, comes);
    this.#bridge.owns(comes, dialog);
    this.#listener.done();
    // The one who stays was mostly put on hold to be transferred.
    void this.#bridge.changes.follow(comes, stays);
  }

  #fail(status: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    void this.#comes?.leg.close();
    this.#listener.failed(status, reason);
  }

  /** The one who stays is who calls now: its number as the call was shown, whichever way it went. */
  #caller() {
    const stays = this.#bridge.otherOf(this.#leaves);
    const { from, to } = this.#bridge.call;
    const shown = stays.place === 'first-side' ? from : to;
    const number = readNumber(shown, stays.trunk?.config.numbers.in ?? { trunkPrefix: '', international: '00' });
    const isNumber = number.e164 !== null || /^[+0-9]+$/.test(number.text);
    return { ...UNKNOWN_CALLER, ...(isNumber ? { number } : { user: number.text }) };
  }

  #headers(): HeaderLines {
    const { target, referredBy } = this.#refer;
    return [
      ...(referredBy ? [['Referred-By', formatReferredBy(referredBy)] as const] : []),
      ...(target.replaces ? [['Replaces', formatReplaces(target.replaces)] as const] : []),
    ];
  }
}
