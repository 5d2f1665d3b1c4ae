import type { Credentials } from '../../auth/credentials.ts';
import type { DigestSession } from '../../auth/digest-session.ts';
import { Dialog } from '../../dialog/dialog.ts';
import type { ExtraHeaders } from '../../dialog/dialog-listener.ts';
import { dialogOfResponse } from '../../dialog/dialog-state.ts';
import type { Stack } from '../../dialog/stack.ts';
import { parseCSeq } from '../../message/cseq.ts';
import { SipParseError } from '../../message/errors.ts';
import type { SipRequest, SipResponse } from '../../message/message.ts';
import { tagOf } from '../../message/name-addr.ts';
import type { Hop } from '../../transport/hop.ts';
import type { LocalAddress } from '../../transport/listener.ts';
import { Acknowledgement } from './acknowledgement.ts';
import { descriptionOf } from './description-of.ts';
import { EarlyBranch, type EarlyOffer, type Told } from './early-branch.ts';

/** Branches of a fork of which we keep dialogs; a proxy that forks wider is not one of ours. */
const MAX_FORKS = 16;

export interface BranchesParts {
  readonly stack: Stack;
  readonly invite: SipRequest;
  readonly hop: Hop;
  readonly local: LocalAddress;
  readonly credentials: Credentials | null;
  /** What the call has learnt of those who ask for them. */
  readonly digest: DigestSession | null;
  readonly authorization: ExtraHeaders;
}

/** A 2xx that is new to us. */
export interface Answered {
  readonly dialog: Dialog;
  readonly body: Buffer;
  /** Sends the ACK with our answer; null when the ACK has been sent. */
  readonly acknowledge: ((answer: Buffer) => void) | null;
}

/**
 * The far ends that one INVITE has reached (RFC 3261 §12.1, §13.2.2.4): a proxy may fork it, and every To-tag is a
 * dialog of its own.
 */
export class Branches {
  readonly #parts: BranchesParts;
  readonly #early = new Map<string, EarlyBranch>();
  readonly #answered = new Map<string, Acknowledgement>();
  readonly #inviteSeq: number;
  readonly #offerless: boolean;

  constructor(parts: BranchesParts) {
    this.#parts = parts;
    this.#inviteSeq = parseCSeq(parts.invite.headers.get('CSeq') ?? '').number;
    this.#offerless = parts.invite.body.length === 0;
  }

  /** A 101–199; null when there is nothing to tell. */
  provisional(response: SipResponse, earlyOffer: EarlyOffer | null): Told | null {
    const branch = this.#branchOf(response);
    if (branch) return branch.provisional(response, earlyOffer);
    return { dialog: null, body: descriptionOf(response) };
  }

  /** A 2xx; null when it came before and was acknowledged again. @throws SipParseError when it makes no dialog */
  success(response: SipResponse): Answered | null {
    const tag = remoteTagOf(response);
    const known = this.#answered.get(tag);
    if (known) {
      known.repeated();
      return null;
    }
    if (this.#answered.size >= MAX_FORKS) return null;
    const branch = this.#early.get(tag);
    const dialog = this.#confirmed(branch, response);
    const { stack, authorization } = this.#parts;
    const ack = new Acknowledgement({ stack, dialog, inviteSeq: this.#inviteSeq, authorization });
    this.#answered.set(tag, ack);
    const said = descriptionOf(response);
    const body = said.length > 0 ? said : (branch?.description ?? said);
    if (this.#offerless && !branch?.negotiated) {
      ack.wait();
      return { dialog, body, acknowledge: answer => ack.send(answer) };
    }
    ack.send();
    return { dialog, body, acknowledge: null };
  }

  /** Closes every dialog that was not answered. */
  closeEarly(): void {
    for (const branch of this.#early.values()) branch.close();
  }

  /** §12.1: a provisional response with a tag makes an early dialog, one for each branch of a fork. */
  #branchOf(response: SipResponse): EarlyBranch | null {
    try {
      const tag = remoteTagOf(response);
      const known = this.#early.get(tag);
      if (known || tag === '' || this.#early.size >= MAX_FORKS) return known ?? null;
      const dialog = this.#dialog(response, 0);
      const branch = new EarlyBranch(dialog, this.#inviteSeq, this.#offerless);
      this.#early.set(tag, branch);
      dialog.open();
      return branch;
    } catch (error) {
      // A route that cannot be read ends the call only if it comes again with the answer.
      if (error instanceof SipParseError) return null;
      throw error;
    }
  }

  #confirmed(branch: EarlyBranch | undefined, response: SipResponse): Dialog {
    if (branch?.open) {
      branch.confirm(response);
      return branch.dialog;
    }
    // Closed because another branch had won: whatever was said in it used up numbers, and a gap is no error (§12.2.2).
    const dialog = this.#dialog(response, branch ? 1000 : 0);
    dialog.open();
    return dialog;
  }

  #dialog(response: SipResponse, usedUp: number): Dialog {
    const { stack, invite, hop: peer, local, credentials, digest } = this.#parts;
    const state = dialogOfResponse(invite, response);
    const contact = invite.headers.get('Contact') ?? '';
    const dialog = new Dialog({
      stack,
      state: { ...state, localSeq: state.localSeq + usedUp },
      peer,
      local,
      credentials,
      digest,
      contact,
      role: 'uac',
    });
    dialog.description.ours = invite.body;
    return dialog;
  }
}

function remoteTagOf(response: SipResponse): string {
  return tagOf(response.headers.get('To') ?? '') ?? '';
}
