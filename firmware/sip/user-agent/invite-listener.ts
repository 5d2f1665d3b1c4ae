import type { CrosspointError } from '../../base/errors.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { Headers } from '../message/headers.ts';
import type { SipUri } from '../message/uri.ts';

/** What an INVITE of ours says and where it goes. */
export interface InviteOptions {
  /** Next hop. */
  readonly target: SipUri;
  readonly requestUri: string;
  readonly from: { readonly displayName?: string; readonly uri: string };
  /** URI. */
  readonly to: string;
  /** More headers; those that the stack writes itself are refused. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: Buffer;
  readonly contentType: 'application/sdp';
  readonly auth?: Credentials;
  /** How long from the INVITE to a final response; then it is cancelled. */
  readonly ringLimitMs: number;
}

export interface InviteFailure {
  /** Of the response that ended it; null when none did. */
  readonly status: number | null;
  readonly phrase: string;
  readonly cause: 'response' | 'timeout' | 'transport' | 'cancelled' | 'ring-limit';
  /** RFC 3261's name of the timer, for `timeout`. */
  readonly timer?: 'B';
  /** Of that response. */
  readonly headers?: Headers;
  /** For `transport`: sip.target-not-allowed, sip.target-unresolved, sip.transport-unsupported, sip.overloaded… */
  readonly error?: CrosspointError;
}

/**
 * What the owner of an INVITE hears: `progress` any number of times, then `accepted` or `failed`, once. Nothing is
 * said before `invite` has returned, nor inside of `cancel`.
 */
export interface InviteListener {
  /** The first INVITE is on the wire; `at` is the clock's monotonic time. */
  sent?(at: number): void;
  /** 101–199, of any branch of a fork. */
  progress(status: number, reason: string, headers: Headers, body: Buffer): void;
  /** 2xx; its ACK has been sent. Set `dialog.listener` here. */
  accepted(dialog: Dialog, body: Buffer, headers: Headers): void;
  failed(failure: InviteFailure): void;
}

export interface OutgoingInvite {
  readonly callId: string;
  /**
   * Gives the call up: `failed` with `cancelled` follows at once, whatever the far end does. On the wire CANCEL waits
   * for a provisional response (RFC 3261 §9.1), and a 2xx that crosses it is acknowledged and ended by BYE.
   * Harmless when the INVITE has ended.
   */
  cancel(): void;
}
