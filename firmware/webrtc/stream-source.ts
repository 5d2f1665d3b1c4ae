import type { LegId } from '../base/ids.ts';
import type { Session } from '../sessions/session.ts';
import type { StreamMedia } from './agreed-media.ts';

export interface StreamWatcher {
  /** Its leg is another, or what it receives. */
  changed(): void;
  /** Nothing comes of it any more; called once, at last. */
  ended(): void;
}

/** Where the media of a stream comes from. */
export interface StreamSource extends StreamMedia {
  readonly leg: LegId;
  /** Nothing but Opus arrives there: it can be sent on as it is. */
  readonly receivesOpus: boolean;
  /** @returns stops the watch */
  watch(watcher: StreamWatcher): () => void;
}

/** Streams that are published by somebody else than WebRTC clients. */
export interface StreamSources {
  /** Null when there is none of that id in the session. */
  find(session: Pick<Session, 'project' | 'id'>, stream: string): StreamSource | null;
}
