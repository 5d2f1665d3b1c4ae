import type { Call } from './call.ts';

/**
 * A moderator mutes a call. It obeys when it was dialled so (CONTRACT §1.4, observeForceMute); every other one goes on as
 * if nobody had asked.
 */
export async function forceMute(call: Call): Promise<void> {
  if (!call.observesForceMute || call.muted) return;
  await call.mute(true, 'moderator');
}
