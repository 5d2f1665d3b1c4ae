import { CrosspointError, messageOf } from '../../../base/errors.ts';
import type { SipResponse } from '../../message/message.ts';
import { phraseOf } from '../../message/status-phrases.ts';
import type { InviteFailure } from '../invite-listener.ts';
import type { TryFailure } from './invite-try.ts';
import { redirectContacts } from './redirect-contacts.ts';

/** How a try ended without an answer: what the call fails with when there is nothing else to try. */
export type Ending = Omit<InviteFailure, 'hop' | 'tried' | 'ends'>;

export function refusedWith({ status, reason, headers }: SipResponse): Ending {
  const contacts = status < 400 ? { contacts: redirectContacts(headers) } : {};
  return { status, phrase: reason || phraseOf(status), cause: 'response', headers, ...contacts };
}

export function silentEnd(failure: TryFailure): Ending {
  switch (failure.cause) {
    case 'transport': {
      const message = `the INVITE could not be sent: ${failure.error.message}`;
      const error = new CrosspointError('sip.send-failed', message, { cause: failure.error, retriable: true });
      return { status: null, phrase: message, cause: 'transport', error };
    }
    case 'timeout':
      return { status: null, phrase: 'no response (Timer B)', cause: 'timeout', timer: 'B' };
    case 'first-response': {
      const phrase = failure.heard ? 'no response but 100 in time' : 'no response in time';
      return { status: null, phrase, cause: 'timeout', timer: 'first-response' };
    }
    default:
      return failure satisfies never;
  }
}

export function notSent(error: unknown): Ending {
  const known = error instanceof CrosspointError ? error : new CrosspointError('sip.send-failed', messageOf(error));
  return { status: null, phrase: known.message, cause: 'transport', error: known };
}
