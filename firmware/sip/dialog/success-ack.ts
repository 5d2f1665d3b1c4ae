import { serialise } from '../message/serialise.ts';
import { newBranch } from '../transaction/random-token.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';
import { viaValue } from '../transport/via-routing.ts';
import type { ExtraHeaders } from './dialog-listener.ts';
import type { DialogPath } from './dialog-path.ts';
import { requestInDialog } from './dialog-state.ts';
import type { Stack } from './stack.ts';

/**
 * The ACK of a 2xx (RFC 3261 §13.2.2.4): made once, sent again whenever the 2xx comes again. It carries what its INVITE
 * carried to be let through (§22.1), and our answer when the 2xx brought the offer.
 */
export class SuccessAck {
  readonly #stack: Stack;
  #made: { bytes: Buffer; hop: Hop; local: LocalAddress } | null = null;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  send(path: DialogPath, inviteSeq: number, credentials: ExtraHeaders, body: Buffer): void {
    const { log } = this.#stack;
    path.toNextHop(
      hop => this.#make(path, inviteSeq, credentials, body, hop),
      error => log.warn({ err: error, sipCallId: path.state.callId }, 'an ACK could not be sent'),
    );
  }

  /** The 2xx came again. */
  again(): void {
    if (!this.#made) return;
    const { bytes, hop, local } = this.#made;
    // A lost ACK brings the 2xx again, and that the ACK.
    this.#stack.transport.send(bytes, hop, local, () => {});
  }

  #make(path: DialogPath, inviteSeq: number, credentials: ExtraHeaders, body: Buffer, hop: Hop): void {
    const local = path.localFor(hop);
    const { request } = requestInDialog(path.state, 'ACK', inviteSeq, body);
    request.headers.prepend('Via', viaValue(local, newBranch()));
    for (const [name, value] of credentials) request.headers.add(name, value);
    if (body.length > 0) request.headers.add('Content-Type', 'application/sdp');
    this.#made = { bytes: serialise(request), hop, local };
    this.again();
  }
}
