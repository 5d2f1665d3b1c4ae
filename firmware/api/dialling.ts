import { CrosspointError } from '../base/errors.ts';
import type { Session } from '../sessions/session.ts';

/** @throws CrosspointError session.not-routed: CONTRACT §1.4 */
export function refuseUnlessRouted({ mediaMode }: Session): void {
  if (mediaMode !== 'routed')
    throw new CrosspointError(
      'session.not-routed',
      'The session is not routed: it was created with p2p.preference=enabled',
    );
}
