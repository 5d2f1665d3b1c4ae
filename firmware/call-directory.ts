import type { CallDirectory, CallView } from './api/ports.ts';
import type { Call } from './calls/call.ts';
import type { Calls } from './calls/calls.ts';

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
    headers: call.headers.map(([name, value]) => ({ name, value })),
    media: await call.media(),
    quality: [...call.quality.lastInterval],
    problems: call.quality.problems,
  };
}
