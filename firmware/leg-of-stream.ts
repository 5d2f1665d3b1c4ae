import type { Calls } from './calls/calls.ts';
import type { LegOfStream } from './sessions/archives/ports.ts';
import type { Sessions } from './sessions/registry.ts';
import type { Peers } from './webrtc/peers.ts';

/** Where the sound of a client's stream comes from, or of a phone's. */
export function legOfStream(sessions: Sessions, peers: () => Peers, calls: () => Calls): LegOfStream {
  return (project, session, stream) => {
    const published = sessions.streams(project, session).find(({ id }) => id === stream);
    if (!published) return null;
    const call = calls().withConnection(project, session, published.connectionId);
    return call ? call.sides[0].leg.id : peers().legOf(session, published.id);
  };
}
