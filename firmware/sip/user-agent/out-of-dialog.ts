import type { Credentials } from '../auth/credentials.ts';
import type { DigestSession } from '../auth/digest-session.ts';
import type { Headers } from '../message/headers.ts';
import type { SipUri } from '../message/uri.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';

/** A request that belongs to no dialog: OPTIONS, REGISTER, MESSAGE, SUBSCRIBE, PUBLISH… */
export interface RequestOptions {
  /** Neither INVITE, ACK, CANCEL nor BYE, which are other people's business. */
  readonly method: string;
  /** Next hop. */
  readonly target: SipUri;
  readonly requestUri: string;
  readonly from: { readonly displayName?: string; readonly uri: string };
  /** URI. */
  readonly to: string;
  /** More headers; those that the stack writes itself are refused. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body?: Buffer;
  /** Needed where there is a body. */
  readonly contentType?: string;
  readonly auth?: Credentials;
  /** What earlier requests learnt of their challenges: the first sending carries credentials then (RFC 3261 §22.3). */
  readonly digestSession?: DigestSession;
  /** Those of a registration stay and count on (RFC 3261 §10.2); a fresh Call-ID, and 1, unless given. */
  readonly callId?: string;
  readonly cseq?: number;
  /** Whether a Contact of ours, with the user of `from`, goes with it. */
  readonly contact?: boolean;
  /** For all hops and challenges together; 30,000 unless given. */
  readonly timeoutMs?: number;
}

export type RequestOutcome =
  | {
      readonly kind: 'response';
      /** Of the final response. */
      readonly status: number;
      readonly reason: string;
      readonly headers: Headers;
      readonly body: Buffer;
      /** Who answered, and from where we asked. */
      readonly hop: Hop;
      readonly local: LocalAddress;
      /** From the last sending's first packet to its final response. */
      readonly roundTripMs: number;
      /** The last one that was used. */
      readonly cseq: number;
    }
  | {
      readonly kind: 'failed';
      /**
       * sip.timeout (no hop answered in time), sip.send-failed, sip.target-unresolved, sip.target-not-allowed,
       * sip.transport-unsupported, sip.no-target, sip.overloaded, sip.closed; sip.malformed, sip.bad-uri,
       * sip.header-name, sip.line-break, sip.reserved-header, sip.bad-method, sip.no-content-type when the options
       * cannot be written as a request.
       */
      readonly code: string;
      readonly message: string;
      readonly cseq: number;
    };
