import type { Credentials } from '../auth/credentials.ts';
import type { DigestSession } from '../auth/digest-session.ts';
import type { Headers } from '../message/headers.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import type { DialogEnd, DialogListener } from './dialog-listener.ts';
import { DialogPath } from './dialog-path.ts';
import { DialogSender } from './dialog-sender.ts';
import type { DialogState } from './dialog-state.ts';
import { OfferAnswer } from './offer-answer.ts';
import { agreedSessionTimer, LEAST_MIN_SE_S, type SessionTimerTerms } from './session-timer.ts';
import type { Stack } from './stack.ts';
import { Unacknowledged } from './unacknowledged.ts';

const NO_BODY = Buffer.alloc(0);

export interface DialogParts {
  readonly stack: Stack;
  readonly state: DialogState;
  /** Where the far end was last seen: requests go there when its Contact cannot be followed. */
  readonly peer: Hop;
  readonly local: LocalAddress;
  readonly credentials: Credentials | null;
  /** What the INVITE learnt of those who ask for credentials, so that the dialog goes on counting. */
  readonly digest?: DigestSession | null;
  /** Value of Contact in what we send: where the far end reaches us. */
  readonly contact: string;
  /** Who sent the INVITE: a uac owns the Call-ID. */
  readonly role: 'uac' | 'uas';
}

/** The session timer that runs; made when there is one to run. */
export interface SessionKeeper {
  readonly terms: SessionTimerTerms;
  renew(terms: SessionTimerTerms): void;
  stop(): void;
}

/** What is still to be answered, or to be done, when the dialog ends. */
export interface Unfinished {
  abort(): void;
}

/** The dialog as a whole, for its parts. */
export interface DialogOwner {
  readonly listener: DialogListener | null;
  /** Ends it by BYE and tells its owner, unless it is over or not confirmed yet. */
  fail(by: DialogEnd['by'], headers?: Headers): void;
  startSessionTimer(terms: SessionTimerTerms): void;
}

/** What the parts of one dialog share. */
export class DialogCore {
  readonly stack: Stack;
  readonly contact: string;
  readonly role: 'uac' | 'uas';
  readonly owner: DialogOwner;
  readonly path: DialogPath;
  readonly sender: DialogSender;
  readonly unacknowledged: Unacknowledged;
  readonly offers = new OfferAnswer();
  readonly description: { ours: Buffer } = { ours: NO_BODY };
  readonly unfinished = new Set<Unfinished>();
  keeper: SessionKeeper | null = null;
  /** A 2xx has been sent or received. */
  confirmed = false;
  /** Either side has ended it: nothing new is begun. */
  over = false;

  constructor(parts: DialogParts, owner: DialogOwner) {
    const { stack, state, peer, local, contact, role } = parts;
    this.stack = stack;
    this.contact = contact;
    this.role = role;
    this.owner = owner;
    this.path = new DialogPath(stack, state, peer, local);
    this.sender = new DialogSender(stack, this.path, contact, parts.credentials, parts.digest ?? null);
    this.unacknowledged = new Unacknowledged(stack);
  }

  /** Runs what belongs to the owner of the dialog: whatever it throws is its own fault, not the far end's. */
  guard(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      const sipCallId = this.path.state.callId;
      this.stack.log.error({ err: error, sipCallId }, 'the owner of a SIP dialog failed');
      return false;
    }
  }

  /** A refresh of ours was answered 2xx (RFC 4028 §7.2). Where the far end forgot the timer we go on alone. */
  refreshAnswered(headers: Headers): void {
    const { keeper } = this;
    const terms = agreedSessionTimer(headers, keeper?.terms.minS ?? LEAST_MIN_SE_S);
    if (terms) this.owner.startSessionTimer(terms);
    else if (keeper) keeper.renew({ ...keeper.terms, refresher: 'us' });
  }
}
