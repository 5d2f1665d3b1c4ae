import type { Codec } from '../pipelines/protocol/leg-media.ts';
import type { CallDirectory, CallView } from './api/ports.ts';
import type { Call } from './calls/call.ts';
import type { Calls } from './calls/calls.ts';
import type { Agreed } from './sdp/agreed.ts';

/** The live calls in the shape that the operator's API shows. */
export function callDirectory(calls: Calls): CallDirectory {
  return {
    list: () => Promise.all(calls.list().map(viewOf)),
    get: async id => {
      const call = calls.get(id);
      return call && viewOf(call);
    },
  };
}

function codecViewOf(agreed: Agreed | null): CallView['codecs'][number] {
  if (!agreed) return null;
  const { send, receive, packetMs, reason } = agreed;
  return {
    sends: nameOf(send),
    payloadType: send.payloadType,
    packetMs,
    receives: receive.map(each => ({ codec: nameOf(each), payloadType: each.payloadType })),
    reason,
  };
}

const nameOf = ({ name, clockRate }: Codec) => `${name}/${clockRate}`;

async function viewOf(call: Call): Promise<CallView> {
  const { ref, direction, from, to, state, stages } = call;
  return {
    id: ref.id,
    project: ref.project,
    sessionId: ref.session,
    connectionId: ref.connection,
    direction,
    from,
    to,
    state,
    createdAt: ref.createdAt,
    ringingAt: stages.ringingAt,
    activeAt: stages.activeAt,
    muted: call.muted,
    headers: call.headers.map(([name, value]) => ({ name, value })),
    codecs: call.agreed.map(codecViewOf),
    media: await call.media(),
    quality: [...call.quality.lastInterval],
    problems: call.quality.problems,
    digits: [...call.digits],
  };
}
