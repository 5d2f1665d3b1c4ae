import type { Prompts } from '../announcements/prompts.ts';
import type { Call } from './call.ts';

/**
 * A moderator mutes a call, and its far end is told. It obeys when it was dialled so (CONTRACT §1.4, observeForceMute);
 * every other one goes on as if nobody had asked.
 */
export async function forceMute(call: Call, prompts: Prompts): Promise<void> {
  if (!call.observesForceMute || call.muted) return;
  await call.mute(true, 'moderator');
  void prompts.say(call.sides[0].leg, 'muted-by-moderator');
}

/** A far end mutes itself with `*6`, or takes a mute back, whoever's it was. */
export async function toggleMute(call: Call, prompts: Prompts): Promise<void> {
  if (!call.observesForceMute) return;
  await call.mute(!call.muted, 'participant');
  void prompts.say(call.sides[0].leg, call.muted ? 'muted' : 'unmuted');
}
