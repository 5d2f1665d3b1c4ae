import type { Session } from './crosspoint.d.ts';
import type { ResourceAddress } from './media/media-resource.ts';
import type { Timers } from './timers.ts';
import type { StreamSettings } from './wire.ts';

/** What a publisher or subscriber needs of its session. */
export interface MediaHost {
  readonly session: Session;
  readonly timers: Timers;
  /** @param query of the endpoint, without its question mark */
  address(endpoint: 'whip' | 'whep', query: string): ResourceAddress;
  setStream(streamId: string, to: StreamSettings): void;
}
