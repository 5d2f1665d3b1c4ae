import { isCrosspointError, messageOf } from '../../base/errors.ts';
import type { Call } from '../../calls/call.ts';
import { type EndReason, endReasons, lostDialog } from '../../calls/reasons.ts';
import { SILENT } from '../../calls/sip-side.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { DialogEnd, DialogRequest } from '../../sip/dialog/dialog-listener.ts';
import type { Admitted } from '../trunk-port.ts';
import { BridgeChanges } from './bridge-changes.ts';
import type { BridgeContext } from './bridge-context.ts';
import { BridgeDigits } from './bridge-digits.ts';
import { BridgeMedia } from './bridge-media.ts';
import type { BridgeSide } from './bridge-side.ts';
import { BridgeTransfers } from './bridge-transfer.ts';
import { farewellOf } from './carried-headers.ts';
import { passMessage } from './pass-message.ts';

export type BridgeSides = readonly [BridgeSide, BridgeSide];

/**
 * Two SIP sides joined back to back: one call, in which whatever one far end does within its dialog is carried to the
 * other one. Each dialog keeps its own session timer, routes and offers.
 */
export class Bridge {
  readonly context: BridgeContext;
  readonly call: Call;
  readonly media: BridgeMedia;
  readonly changes: BridgeChanges;
  readonly digits: BridgeDigits;
  readonly transfers: BridgeTransfers;
  #sides: BridgeSides;
  readonly #admitted: Admitted[] = [];

  constructor(context: BridgeContext, call: Call, sides: BridgeSides) {
    this.context = context;
    this.call = call;
    this.#sides = sides;
    this.media = new BridgeMedia({ placement: call.ref.id, log: call.log, broken: () => this.fail() });
    this.changes = new BridgeChanges(this);
    this.digits = new BridgeDigits(this);
    this.transfers = new BridgeTransfers(this);
  }

  get sides(): BridgeSides {
    return this.#sides;
  }

  /** Whether both far ends have been answered, or have answered. */
  get answered(): boolean {
    return this.#sides.every(({ dialog }) => dialog !== null && !dialog.closed);
  }

  otherOf(side: BridgeSide): BridgeSide {
    const [first, second] = this.#sides;
    return side === first ? second : first;
  }

  has(side: BridgeSide): boolean {
    return this.#sides.includes(side);
  }

  /** That dialog is the side's: what its far end does in it comes here. */
  owns(side: BridgeSide, dialog: Dialog): void {
    side.dialog = dialog;
    this.context.sides.add(dialog, { bridge: this, side });
    dialog.listener = {
      ended: end => this.#ended(side, end),
      change: change => void this.changes.from(side, change),
      request: request => this.request(side, request),
    };
    side.signalling = {
      get agreed() {
        return side.agreed;
      },
      hangUp: reason => this.#bye(side, dialog, reason),
      hold: on => this.changes.hold(side, on),
      sendDigits: (digits, timing) => this.digits.send(side, digits, timing),
    };
  }

  /** A request in a dialog of that side, early ones as well. */
  request(side: BridgeSide, request: DialogRequest): void {
    switch (request.method) {
      case 'INFO':
        this.digits.info(side, request);
        break;
      case 'REFER':
        this.transfers.refer(side, request);
        break;
      case 'SUBSCRIBE':
        if (!this.transfers.subscribed(side, request)) request.respond(489);
        break;
      case 'NOTIFY':
        // We never subscribe to anything in a bridge (RFC 6665 §4.1.3).
        request.respond(481);
        break;
      case 'MESSAGE':
        void passMessage(side, this.otherOf(side), request);
        break;
      default:
        request.respond(405);
    }
  }

  /** The two hear each other as they have agreed; the holds are those of their last descriptions. */
  join(): void {
    const [first, second] = this.#sides;
    try {
      this.media.join(first, second);
    } catch (error) {
      if (!isCrosspointError(error)) throw error;
      this.call.log.warn({ call: this.call.ref.id, problem: error.message }, 'the sides of a bridge do not match');
      this.call.fail(error);
      return;
    }
    for (const side of this.#sides) {
      if (side.off || side.agreed?.held) this.call.hold(side.place);
      else this.call.resume(side.place);
    }
  }

  /** Somebody else takes a side's place; whoever leaves is the caller's of this to say goodbye to. */
  exchange(leaves: BridgeSide, comes: BridgeSide): void {
    const [first, second] = this.#sides;
    this.#sides = leaves === first ? [comes, second] : [first, comes];
    if (leaves.dialog) this.context.sides.remove(leaves.dialog);
    this.call.exchange(leaves, comes);
  }

  /** A side's dialog goes on in another call, which counts for the policy from now on; this one is about to end. */
  handOver(side: BridgeSide, to: Bridge): void {
    if (side.dialog) this.context.sides.remove(side.dialog);
    side.dialog = null;
    side.signalling = SILENT;
    for (const admitted of this.#admitted.splice(0)) to.admit(admitted);
  }

  /** The policy counts one more call out until this one ends. */
  admit(admitted: Admitted): void {
    this.#admitted.push(admitted);
  }

  /** The call cannot go on. */
  fail(reason: EndReason = endReasons.unexpectedClearing): void {
    void this.call.end('box', reason);
  }

  /** The call has ended. */
  close(): void {
    this.digits.close();
    this.transfers.close();
    for (const admitted of this.#admitted.splice(0)) admitted.release();
    for (const { dialog } of this.#sides) if (dialog) this.context.sides.remove(dialog);
  }

  #ended(side: BridgeSide, { by, headers }: DialogEnd): void {
    if (by !== 'remote') {
      this.fail(lostDialog(by));
      return;
    }
    this.otherOf(side).farewell = farewellOf(headers, side.trunk);
    const party = side.place === 'first-side' ? 'caller' : 'callee';
    void this.call.end('far-end', { ...endReasons.normalClearing, party });
  }

  #bye(side: BridgeSide, dialog: Dialog, reason: EndReason): void {
    dialog.bye(side.farewellFor(reason)).catch(error => {
      this.call.log.warn({ call: this.call.ref.id, problem: messageOf(error) }, 'a BYE goes without its headers');
      void dialog.bye();
    });
  }
}
