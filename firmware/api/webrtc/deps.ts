import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Peers } from '../../webrtc/peers.ts';
import type { Readiness } from '../ports.ts';

/** What the routes of WebRTC clients are given. */
export interface WebrtcDeps {
  /** Null: switched off. */
  readonly peers: Peers | null;
  readonly readiness: () => Readiness;
  readonly clock: Clock;
  readonly log: Log;
}
