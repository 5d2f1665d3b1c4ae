/** RFC 4733 digits as a phone sends and hears them. */
const EVENTS = '0123456789*#ABCD';

/** A key that is being pressed: which, since which time stamp, for how long in all. */
export interface Press {
  readonly digit: string;
  /** Time stamp units, a whole number of packets. */
  readonly duration: number;
  readonly timestamp: number;
  elapsed: number;
  /** The last packet of an event is sent three times (RFC 4733 §2.5.1.4). */
  ends: number;
}

export function eventPayload(digit: string, end: boolean, duration: number): Buffer {
  const payload = Buffer.of(EVENTS.indexOf(digit), (end ? 0x80 : 0) | 10, 0, 0);
  payload.writeUInt16BE(duration, 2);
  return payload;
}

/** A packet of an event as a careless sender writes it. */
export interface OddPacket {
  readonly payloadType: number;
  /** Of its time stamps. */
  readonly clockRate: number;
  readonly marker: boolean;
  /** The event begins with it. */
  readonly first: boolean;
  readonly payload: Buffer;
}

export interface HeardEvent {
  readonly digit: string;
  readonly timestamp: number;
  readonly sequence: number;
  readonly marker: boolean;
  readonly end: boolean;
  /** Time stamp units. */
  readonly duration: number;
}

export function readEvent(
  payload: Buffer,
  packet: { timestamp: number; sequence: number; marker: boolean },
): HeardEvent {
  return {
    digit: EVENTS[payload.readUInt8(0)] ?? '?',
    timestamp: packet.timestamp,
    sequence: packet.sequence,
    marker: packet.marker,
    end: payload.readUInt8(1) >= 0x80,
    duration: payload.readUInt16BE(2),
  };
}

/** The digits in order, each once however many packets told of it: an event is known by its time stamp. */
export function digitsOf(events: readonly HeardEvent[]): string {
  const starts = new Map<number, string>();
  for (const { timestamp, digit } of events) starts.set(timestamp, digit);
  return [...starts.values()].join('');
}
