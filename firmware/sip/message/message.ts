import type { Headers } from './headers.ts';

export interface SipRequest {
  kind: 'request';
  /** As received: methods are case-sensitive (RFC 3261 §7.1). */
  method: string;
  /** Request-URI, as text: `parseUri` reads it. */
  uri: string;
  headers: Headers;
  body: Buffer;
}

export interface SipResponse {
  kind: 'response';
  /** 100–699 */
  status: number;
  /** May be empty. */
  reason: string;
  headers: Headers;
  body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;
