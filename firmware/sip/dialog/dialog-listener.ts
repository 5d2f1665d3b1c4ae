import type { Headers } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';

export type ExtraHeaders = Iterable<readonly [name: string, value: string]>;

/** Why a dialog is over, when it was not a BYE of its owner. */
export interface DialogEnd {
  /**
   * `remote`: their BYE. `session-timer`: no refresh in time (RFC 4028). `ack-timeout`: a re-INVITE's 2xx was never
   * acknowledged. `failed`: a request of ours met 408, 481 or silence (RFC 3261 §12.2.1.2).
   * We have sent a BYE for all but the first.
   */
  readonly by: 'remote' | 'session-timer' | 'ack-timeout' | 'failed';
  /** Of the message that ended it; empty when none did. */
  readonly headers: Headers;
}

/** What the owner of a dialog hears. What it throws is logged and goes no further. */
export interface DialogListener {
  /** Once; never for a `bye()` of ours. */
  ended(end: DialogEnd): void;
  /** A re-INVITE, or an UPDATE with a body. Without this handler it is answered 488. */
  change?(change: SessionChange): void;
  /** INFO, REFER, NOTIFY, SUBSCRIBE and MESSAGE. Without this handler: an empty INFO 200, another 415, the rest 405. */
  request?(request: DialogRequest): void;
}

/**
 * An offer of the far end, or its wish for one of ours. It is answered once; what is said later is ignored. An INVITE
 * may wait for 128·T1, an UPDATE for 32·T1 (64 and 16 seconds): then it is refused with 504.
 */
export interface SessionChange {
  readonly method: 'INVITE' | 'UPDATE';
  readonly request: SipRequest;
  /** Empty: it asks for an offer of ours; give it to `accept`, and `answered` brings the answer with the ACK. */
  readonly body: Buffer;
  /** 200 with that session description. @throws CrosspointError sip.header-name, sip.line-break: nothing was sent */
  accept(body: Buffer, headers?: ExtraHeaders): void;
  /** 300–699; the session stays as it is. @throws as `accept` */
  reject(status: number, phrase?: string, headers?: ExtraHeaders): void;
  /** Set by the owner: the answer to our offer. */
  answered?: (body: Buffer) => void;
  /** Set by the owner: cancelled, timed out, the dialog's end before we answered, or an ACK without the answer. */
  failed?: () => void;
}

/** A request in the dialog that its owner answers, within 32·T1 (16 seconds): then 504. */
export interface DialogRequest {
  readonly method: string;
  readonly request: SipRequest;
  readonly body: Buffer;
  /** Once; 200–699. @throws CrosspointError sip.header-name, sip.line-break: nothing was sent */
  respond(status: number, phrase?: string, headers?: ExtraHeaders, body?: Buffer, contentType?: string): void;
}

/** How a BYE of ours was answered; null when it was not (Timer F, transport error, or there was nothing to end). */
export interface ByeOutcome {
  readonly status: number | null;
}

/** How a request of ours was answered. */
export interface DialogResponse {
  /** 200–699; null when no final response came: `reason` says why. */
  readonly status: number | null;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface DialogRequestOptions {
  readonly headers?: ExtraHeaders;
  readonly body?: Buffer;
  /** Of the body; application/sdp unless told otherwise. */
  readonly contentType?: string;
}

export interface ChangeOptions {
  readonly headers?: ExtraHeaders;
  /** INVITE in a confirmed dialog, UPDATE in an early one, unless told otherwise. */
  readonly method?: 'INVITE' | 'UPDATE';
}

/** How a re-INVITE or UPDATE of ours went. */
export type ChangeOutcome =
  | {
      readonly kind: 'accepted';
      /** Their answer; their offer when ours was empty. */
      readonly body: Buffer;
      readonly headers: Headers;
      /** Only for an offerless re-INVITE: our answer, with the ACK. To be called within 64·T1 or the dialog ends. */
      readonly acknowledge?: (answer: Buffer) => void;
    }
  | {
      readonly kind: 'refused';
      /** Null when no final response came. */
      readonly status: number | null;
      readonly reason: string;
      readonly headers?: Headers;
    };
