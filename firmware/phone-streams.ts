import type { Call } from './calls/call.ts';
import type { Calls } from './calls/calls.ts';
import type { Sessions } from './sessions/registry.ts';
import type { StreamSource, StreamSources } from './webrtc/stream-source.ts';

/** The streams of phones, as WebRTC clients subscribe to them. */
export function phoneStreams(sessions: Sessions, calls: () => Calls): StreamSources {
  return {
    find: ({ project, id }, stream) => {
      const published = sessions.streams(project, id).find(each => each.id === stream);
      const call = published && calls().withConnection(project, id, published.connectionId);
      return call ? sourceOf(call) : null;
    },
  };
}

function sourceOf(call: Call): StreamSource {
  return {
    hasAudio: true,
    video: null,
    get leg() {
      return call.sides[0].leg.id;
    },
    // A phone may send any codec that was agreed on, whichever comes first.
    get receivesOpus() {
      const codecs = call.agreed[0]?.receive ?? [];
      return codecs.length > 0 && codecs.every(({ name }) => name.toLowerCase() === 'opus');
    },
    watch: ({ changed, ended }) => call.watch({ mediaChanged: changed, ended }),
  };
}
