import type { onRequestHookHandler } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import { AnswerRate } from '../../sip/transport/answer-rate.ts';

/** An office behind one address that comes back after an outage, and no more. */
const LIMITS = { perSecond: 20, burst: 200, perSecondInAll: 200, maxSources: 4096 };

/** So many requests of one address are looked into, before it is known who asks. */
export function limitOffers(clock: Clock): onRequestHookHandler {
  const rate = new AnswerRate(clock, LIMITS);
  return async ({ ip, socket }) => {
    if (rate.take({ transport: 'tcp', address: ip, port: socket.remotePort ?? 0 })) return;
    throw new CrosspointError('http.too-many-requests', 'Too many requests of this address: try again in a second', {
      retriable: true,
    });
  };
}
