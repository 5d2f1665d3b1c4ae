import type { Direction } from './session-description.ts';

/** Which ways media flows, seen from one side. */
export interface Flow {
  sends: boolean;
  receives: boolean;
}

export function flowOf(direction: Direction): Flow {
  return {
    sends: direction === 'sendrecv' || direction === 'sendonly',
    receives: direction === 'sendrecv' || direction === 'recvonly',
  };
}

export function directionOf({ sends, receives }: Flow): Direction {
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}

/** What is left for us of our own wish, given the far end's (RFC 3264 §6.1): we hear only what it sends, and it us. */
export function meet(ours: Flow, theirs: Flow): Flow {
  return { sends: ours.sends && theirs.receives, receives: ours.receives && theirs.sends };
}

/** What flows when each of two has a say in it. */
export function both(one: Flow, other: Flow): Flow {
  return { sends: one.sends && other.sends, receives: one.receives && other.receives };
}
