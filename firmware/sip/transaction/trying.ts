import type { SipRequest, SipResponse } from '../message/message.ts';
import { createResponse } from './response.ts';

/** RFC 3261 §25.1: seconds, and how long somebody before us had kept the request. */
const TIMESTAMP = /^(\d{1,16}(?:\.\d{0,9})?)(?:[ \t]+\d*(?:\.\d*)?)?$/;

/**
 * 100 Trying. The caller's Timestamp goes back with it, and how long the request lay here, so that the caller learns the
 * round trip (RFC 3261 §8.2.6.1). One that cannot be read is left out: nobody could reckon with it.
 */
export function trying(request: SipRequest, delayMs: number): SipResponse {
  const [, sentAt] = TIMESTAMP.exec(request.headers.get('Timestamp')?.trim() ?? '') ?? [];
  const headers = sentAt === undefined ? [] : [['Timestamp', `${sentAt} ${(delayMs / 1000).toFixed(3)}`] as const];
  return createResponse(request, 100, { headers });
}
