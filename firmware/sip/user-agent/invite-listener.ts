import type { CrosspointError } from '../../base/errors.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { DigestSession } from '../auth/digest-session.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { ExtraHeaders } from '../dialog/dialog-listener.ts';
import type { Headers } from '../message/headers.ts';
import type { SipUri } from '../message/uri.ts';
import type { Hop } from '../transport/hop.ts';
import type { RedirectContact } from './outgoing/redirect-contacts.ts';

/** What an INVITE of ours says and where it goes. */
export interface InviteOptions {
  /** Next hop: all that RFC 3263 finds for it is tried in order. With sips: the Request-URI and Contact become sips:. */
  readonly target: SipUri;
  readonly requestUri: string;
  readonly from: { readonly displayName?: string; readonly uri: string };
  /** URI. */
  readonly to: string;
  /** More headers; those that the stack writes itself are refused. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  /** The offer. Empty: the far end makes it, and the owner answers through `acknowledge` or `earlyOffer`. */
  readonly body: Buffer;
  readonly contentType: 'application/sdp';
  /** Hops that are left to the call (RFC 3261 §20.22); default 70. Less for a call that has come from somewhere. */
  readonly maxForwards?: number;
  readonly auth?: Credentials;
  /**
   * What earlier requests to `target` learnt of their challenges: the first INVITE carries credentials then, and what
   * this call learns serves the next one (RFC 3261 §22.3). A redirect leads to others and starts anew.
   */
  readonly digestSession?: DigestSession;
  /** How long from the first INVITE to a final response, over all that is tried; then it is cancelled. */
  readonly ringLimitMs: number;
  /**
   * How long each hop has for any response over 100. By default Timer B (32 s to any response at all) when there is
   * one hop, 5000 when there are several.
   */
  readonly firstResponseMs?: number;
  /** How many 300, 301 and 302 are followed; by default none: a redirect is a failure with its contacts. */
  readonly followRedirects?: number;
  /** Whether a redirect may lead there. By default only to the host of `target`. */
  allowRedirect?(uri: SipUri): boolean;
  /** RFC 4028, in seconds. Without it refreshes are not asked for, but made when the far end asks. */
  readonly sessionTimer?: { readonly intervalS: number; readonly minS: number };
  /** 100rel (RFC 3262): offered by default. */
  readonly reliable?: 'supported' | 'required' | 'off';
}

/** How one of the hops ended that were tried. */
export interface HopEnd {
  /** Null where the target led to none. */
  readonly hop: Hop | null;
  /** Of the response; null when there was none. */
  readonly status: number | null;
  readonly phrase: string;
  readonly cause: InviteFailure['cause'];
  /** For `transport`. */
  readonly error?: CrosspointError;
}

export interface InviteFailure {
  /** Of the response that ended it; null when none did. */
  readonly status: number | null;
  readonly phrase: string;
  readonly cause: 'response' | 'timeout' | 'transport' | 'cancelled' | 'ring-limit';
  /** For `timeout`: RFC 3261's name of the timer, or ours for `firstResponseMs`. */
  readonly timer?: 'B' | 'first-response';
  /** Of that response. */
  readonly headers?: Headers;
  /** Of a 3xx that was not followed, the dearest first. */
  readonly contacts?: readonly RedirectContact[];
  /** For `transport`: sip.target-not-allowed, sip.target-unresolved, sip.transport-unsupported, sip.overloaded… */
  readonly error?: CrosspointError;
  /** The last one that was tried; null when none was. */
  readonly hop: Hop | null;
  /** How many hops were sent an INVITE; one that was asked again (401, 422…) counts once. */
  readonly tried: number;
  /** How each of them ended, in that order; the first sixteen. */
  readonly ends: readonly HopEnd[];
}

/** Who answered. */
export interface Reached {
  readonly hop: Hop;
  /** As in `InviteFailure`. */
  readonly tried: number;
  /** Of those before. */
  readonly ends: readonly HopEnd[];
}

/**
 * What the owner of an INVITE hears: `progress` any number of times, then `accepted` or `failed`, once. Nothing is
 * said before `invite` has returned, nor inside of `cancel`. Bodies are session descriptions, taken out of a multipart
 * where one was around; empty when there was none.
 */
export interface InviteListener {
  /** The first INVITE is on the wire; `at` is the clock's monotonic time. */
  sent?(at: number): void;
  /** The first provisional response came, 100 included; before its `progress`. Once for each place that is tried. */
  heard?(): void;
  /**
   * 101–199, of any branch of a fork; repetitions of reliable ones are not told. `dialog` is the branch's early dialog,
   * the same object each time and in `accepted`; null of a response without a To-tag. 199 says that this dialog, which
   * is closed by now, will not answer: the others go on (RFC 6228).
   */
  progress(status: number, reason: string, headers: Headers, body: Buffer, dialog: Dialog | null): void;
  /**
   * Offerless INVITE: the offer came in a reliable provisional response. Give the answer once; the PRACK carries it.
   * `progress` follows with the same body. Without this handler an offerless INVITE does not offer 100rel.
   */
  earlyOffer?(dialog: Dialog, offer: Buffer, answer: (body: Buffer) => void): void;
  /**
   * 2xx. Set `dialog.listener` here. Its ACK has been sent, unless `acknowledge` is given: then `body` is the far
   * end's offer and the owner has 64·T1 to answer it (an empty answer before a BYE refuses it). A 2xx without a body
   * stands for what a provisional response of the same branch said: `body` is that again.
   */
  accepted(
    dialog: Dialog,
    body: Buffer,
    headers: Headers,
    acknowledge: ((answer: Buffer) => void) | undefined,
    reached: Reached,
  ): void;
  failed(failure: InviteFailure): void;
}

export interface OutgoingInvite {
  readonly callId: string;
  /**
   * Gives the call up: `failed` with `cancelled` follows at once, whatever the far end does. On the wire CANCEL waits
   * for a provisional response (RFC 3261 §9.1), and a 2xx that crosses it is acknowledged and ended by BYE.
   * Harmless when the INVITE has ended. `headers` go with the CANCEL (Reason, RFC 3326).
   * @throws CrosspointError sip.header-name, sip.line-break: the call then goes on
   */
  cancel(headers?: ExtraHeaders): void;
}
