import { CrosspointError } from '../../base/errors.ts';
import type { Stack } from '../dialog/stack.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ClientFailure, ClientTransaction } from '../transaction/client-transaction.ts';
import type { Hop } from '../transport/hop.ts';
import type { LocalAddress } from '../transport/listener.ts';

/** How one sending ended. */
export type Sending =
  | { readonly kind: 'response'; readonly response: SipResponse; readonly roundTripMs: number }
  | { readonly kind: 'failed'; readonly error: CrosspointError };

/**
 * One non-INVITE transaction from its request to its final response. Resolves within `limitMs`, or Timer F when that
 * is shorter; never rejects. What comes after the limit is nobody's.
 */
export function oneTransaction(
  stack: Stack,
  request: SipRequest,
  hop: Hop,
  local: LocalAddress,
  limitMs: number,
): Promise<Sending> {
  const { clock, transactions } = stack;
  const begun = clock.monotonic();
  return new Promise(resolve => {
    let transaction: ClientTransaction | null = null;
    const limit = clock.after(Math.max(0, limitMs), () => {
      ended({ kind: 'failed', error: noResponse(request.method, `${Math.round(limitMs)} ms`) });
      transaction?.terminate();
    });
    const ended = (sending: Sending) => {
      limit.stop();
      resolve(sending);
    };
    const user = {
      response: (response: SipResponse) => {
        if (response.status < 200) return;
        ended({ kind: 'response', response, roundTripMs: clock.monotonic() - begun });
      },
      failed: (failure: ClientFailure) => ended({ kind: 'failed', error: errorOf(request.method, failure) }),
      // A time-out is told right after this; alone it means that the stack was closed.
      terminated: () =>
        queueMicrotask(() => {
          ended({ kind: 'failed', error: new CrosspointError('sip.closed', 'the SIP stack was closed') });
        }),
    };
    try {
      transaction = transactions.request(request, hop, local, user);
    } catch (error) {
      ended({ kind: 'failed', error: sendFailure(request.method, error) });
    }
  });
}

function errorOf(method: string, failure: ClientFailure): CrosspointError {
  return failure.cause === 'timeout' ? noResponse(method, 'Timer F') : sendFailure(method, failure.error);
}

function noResponse(method: string, limit: string): CrosspointError {
  return new CrosspointError('sip.timeout', `no response to ${method} (${limit})`, { retriable: true });
}

/** As a CrosspointError, whatever was thrown. */
export function sendFailure(method: string, error: unknown): CrosspointError {
  if (error instanceof CrosspointError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const message = `${method} could not be sent: ${why}`;
  return new CrosspointError('sip.send-failed', message, { cause: error, retriable: true });
}
