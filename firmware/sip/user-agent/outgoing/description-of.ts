import { descriptionIn } from '../../dialog/session-description.ts';
import type { SipResponse } from '../../message/message.ts';

/**
 * The session description of a response to an INVITE, empty when it has none that we can read: a call is not given up
 * for what stands beside it. A body without a type is taken for one: it could be nothing else here.
 */
export function descriptionOf(response: SipResponse): Buffer {
  return response.headers.has('Content-Type') ? descriptionIn(response) : response.body;
}
