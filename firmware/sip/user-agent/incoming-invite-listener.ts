import type { Dialog } from '../dialog/dialog.ts';
import type { DialogRequest, SessionChange } from '../dialog/dialog-listener.ts';
import type { Headers } from '../message/headers.ts';

/** Why an INVITE that came in was over before we answered it. */
export interface InviteEnd {
  /**
   * `cancel` and `bye`: the caller took it back. `expires`: its Expires ran out. All three were answered 487.
   * `prack-timeout`: a reliable provisional response was not acknowledged in 64·T1; answered 504 (RFC 3262 §3).
   */
  readonly cause: 'cancel' | 'bye' | 'expires' | 'prack-timeout';
  /** Of the CANCEL or BYE, which may hold a Reason; empty when there was none. */
  readonly headers: Headers;
}

/** What the owner of an INVITE that came in hears. Set it before anything is answered. */
export interface IncomingInviteListener {
  /** The ACK of our 2xx is here. Once. */
  confirmed(dialog: Dialog): void;
  /** 64·T1 without an ACK: the dialog has been ended by BYE (RFC 3261 §13.3.1.4). Once. */
  ackTimeout(): void;
  /** It is over before an answer. Once. */
  cancelled(end: InviteEnd): void;
  /** The answer to our offer: of the PRACK of a reliable response that carried it, or of the ACK. Once. */
  answered?(body: Buffer): void;
  /** A PRACK with an offer (RFC 3262 §5): our answer at once, or null to refuse it (488), as without this handler. */
  offered?(body: Buffer): Buffer | null;
  /** An UPDATE with an offer before the call is answered (RFC 3311); without this handler it is refused with 488. */
  change?(change: SessionChange): void;
  /** INFO and the like before the call is answered. */
  request?(request: DialogRequest): void;
}
