import type { onRequestHookHandler } from 'fastify';
import { CrosspointError } from '../base/errors.ts';
import { type Part, parts, type Readiness } from './ports.ts';

export function missingParts({ ready }: Readiness): Part[] {
  return parts.filter(part => !ready[part]);
}

/** Refuses new work while the box shuts down, or while a part that it needs is down. */
export function refuseUnlessReady(readiness: () => Readiness, needed: readonly Part[]): onRequestHookHandler {
  return async () => requireReady(readiness(), needed);
}

/** The same for what is asked otherwise than by a request. @throws CrosspointError http.not-ready */
export function requireReady({ ready, draining }: Readiness, needed: readonly Part[]): void {
  const missing = needed.filter(part => !ready[part]);
  if (draining)
    throw new CrosspointError('http.not-ready', 'The gateway is draining: its calls go on, new ones are refused', {
      retriable: true,
    });
  if (missing.length > 0)
    throw new CrosspointError('http.not-ready', `The gateway is not ready: ${missing.join(', ')}`, {
      retriable: true,
    });
}
