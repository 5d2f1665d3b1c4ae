import type { FarEndEvent } from './answerer.ts';

/** What one measured call showed, in milliseconds; null where it showed nothing. */
export interface CallTimes {
  /** REST request written → INVITE at the far end. */
  readonly restToInvite: number | null;
  /** 200 sent → the first packet of RTP at the phone. */
  readonly answerToPacket: number | null;
  /** 200 sent → the other's voice at the phone. */
  readonly answerToVoice: number | null;
  /** How much of what the phone said from its 200 on the other never heard. */
  readonly wordsLost: number | null;
  /** 200 sent → the phone's voice at the other, the delay of the path included. */
  readonly answerToHeard: number | null;
}

/** A measured call: which phone, and who sits in its session. */
export interface PlacedCall {
  readonly phone: string;
  readonly resident: string;
  readonly dialledAtNs: number;
}

const PACKET_SAMPLES = 160;
const PACKET_MS = 20;
/** A call lasts a second: what the resident hears later belongs to another one. */
const CALL_NS = 1.5e9;

export function timesOf(call: PlacedCall, events: readonly FarEndEvent[]): CallTimes {
  const own = (name: FarEndEvent['event']) => events.find(({ event, user }) => event === name && user === call.phone);
  const [invited, answered] = [own('invited'), own('answered')];
  const since = (later: FarEndEvent | undefined) => (later && answered ? (later.atNs - answered.atNs) / 1e6 : null);
  const words = events.find(
    ({ event, user, atNs }) =>
      event === 'first-words' &&
      user === call.resident &&
      answered !== undefined &&
      atNs >= answered.atNs &&
      atNs < answered.atNs + CALL_NS,
  );
  return {
    restToInvite: invited ? (invited.atNs - call.dialledAtNs) / 1e6 : null,
    answerToPacket: since(own('first-packet')),
    answerToVoice: since(own('hears')),
    wordsLost: words ? lostMs(words) : null,
    answerToHeard: since(words),
  };
}

function lostMs({ packet = 0, samples = 0 }: FarEndEvent): number {
  return packet * PACKET_MS + (Math.max(0, PACKET_SAMPLES - samples) * PACKET_MS) / PACKET_SAMPLES;
}
