import type { Agreed } from '../../sdp/agreed.ts';
import { isSameStream } from '../../sdp/relay-codecs.ts';

/** How media gets from one side of a bridge to the other: packets as they are, or through a session of two. */
export type Passage = 'relay' | 'transcode';

/**
 * @param listens one side's audio is listened to for digits: it is decoded where that is possible
 * @returns null: what the one side sends cannot be made into what the other one takes
 */
export function passageOf(first: Agreed, second: Agreed, listens = false): Passage | null {
  const isDecoded = ({ send }: Agreed) => send.implementation !== 'relay';
  const canDecode = isDecoded(first) && isDecoded(second);
  if (isSameStream(first.sendFormat, second.sendFormat) && !(listens && canDecode)) return 'relay';
  return canDecode ? 'transcode' : null;
}
