import type { Agreed } from '../../sdp/agreed.ts';
import { isSameStream } from '../../sdp/relay-codecs.ts';

/** How media gets from one side of a bridge to the other: packets as they are, or through a session of two. */
export type Passage = 'relay' | 'transcode';

/** Null: what the one side sends cannot be made into what the other one takes. */
export function passageOf(first: Agreed, second: Agreed): Passage | null {
  if (isSameStream(first.sendFormat, second.sendFormat)) return 'relay';
  const isDecoded = ({ send }: Agreed) => send.implementation !== 'relay';
  return isDecoded(first) && isDecoded(second) ? 'transcode' : null;
}
