import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo, isIPv6 } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import type { SrtpPackets } from './srtp-packets.ts';
import { type Law, tonePart } from './tone-part.ts';

export interface RtpStream {
  readonly address: string;
  readonly port: number;
  /** Of the codec that is sent: PCMU or PCMA, 8000 Hz. */
  readonly payloadType: number;
  readonly codec: Law;
  /** RFC 4733; null when the peer has none. */
  readonly eventType: number | null;
  /** Null: plain RTP. */
  readonly security: { readonly send: SrtpPackets; readonly receive: SrtpPackets } | null;
}

export interface RtpFigures {
  sent: number;
  received: number;
  /** Of these, SRTP that the agreed key does not open. */
  unauthenticated: number;
  /** Packets that are missing between those that came. */
  lost: number;
  /** Every byte of every packet was the same: digital silence. */
  silent: boolean;
  /** Packets that hold little but our own tone: an echo. */
  echoed: number;
  /** Digits that came as RFC 4733 events. */
  digits: string;
  /** Where packets came from. */
  from: string | null;
}

const PACKET_MS = 20;
/** Of the energy of a packet. */
const MOSTLY = 0.7;
const MAX_DIGITS = 64;
const SAMPLES = 160;
const EVENT_VOLUME = 10;
const EVENT_PACKETS = 5;
const EVENT_GAP_PACKETS = 4;
const DIGITS = '0123456789*#ABCD';
/** One period of 1 kHz at 8 kHz, −10 dBm0 or so, in both laws. */
export const TONE = {
  pcmu: [0xff, 0xa6, 0x9f, 0xa6, 0xff, 0x26, 0x1f, 0x26],
  pcma: [0xd5, 0x8c, 0xb5, 0x8c, 0xd5, 0x0c, 0x35, 0x0c],
} as const;

/**
 * An RTP endpoint of a few lines, for a look at whether audio goes both ways: it sends a tone and digits every 20 ms and
 * counts what comes. No jitter buffer, nothing is heard: calls of the box have the media worker for that.
 */
export class RtpProbe {
  readonly figures: RtpFigures = {
    sent: 0,
    received: 0,
    unauthenticated: 0,
    lost: 0,
    silent: true,
    echoed: 0,
    digits: '',
    from: null,
  };
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #ssrc = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 15);
  #timestamp = randomInt(2 ** 31);
  #timer: Timer | null = null;
  #highest: number | null = null;
  #stream: RtpStream | null = null;
  #digits = '';
  #eventPacket = 0;
  #nextAt = 0;
  /** Time stamp of the event that was heard last. */
  #heardEvent: number | null = null;

  constructor(clock: Clock, family: 'udp4' | 'udp6') {
    this.#clock = clock;
    this.#socket = createSocket(family);
  }

  /** @returns the port */
  async open(): Promise<number> {
    await new Promise<void>((bound, fail) => {
      this.#socket.once('error', fail);
      this.#socket.bind(0, bound);
    });
    this.#socket.on('error', () => {});
    this.#socket.on('message', (packet, { address, port }) => this.#heard(packet, `${address}:${port}`));
    return (this.#socket.address() as AddressInfo).port;
  }

  /** Sends a tone, and these digits one after the other, until it is closed. */
  start(stream: RtpStream, digits: string): void {
    this.#stream = stream;
    this.#digits = stream.eventType === null ? '' : digits;
    this.#nextAt = this.#clock.monotonic();
    this.#tick();
  }

  close(): void {
    this.#timer?.stop();
    this.#stream = null;
    this.#socket.close();
  }

  #tick(): void {
    const stream = this.#stream;
    if (!stream) return;
    this.#nextAt += PACKET_MS;
    this.#timer = this.#clock.after(Math.max(0, this.#nextAt - this.#clock.monotonic()), () => this.#tick());
    // Half a second of tone first: gateways open their path with the first packets.
    const digit = this.figures.sent < 25 ? undefined : this.#digits[0];
    if (digit !== undefined && stream.eventType !== null) this.#sendEvent(stream, stream.eventType, digit);
    else this.#sendTone(stream);
  }

  #sendTone(stream: RtpStream): void {
    const tone = TONE[stream.codec];
    const payload = Buffer.from(Array.from({ length: SAMPLES }, (_, at) => tone[at % tone.length] ?? 0));
    this.#send(stream, stream.payloadType, this.#timestamp, false, payload);
    this.#timestamp = (this.#timestamp + SAMPLES) % 2 ** 32;
  }

  /** RFC 4733 §2.5: the time stamp of its beginning, a duration that grows, and an end that is said three times. */
  #sendEvent(stream: RtpStream, eventType: number, digit: string): void {
    const at = this.#eventPacket;
    this.#eventPacket += 1;
    if (at < EVENT_PACKETS + 2) {
      const isEnd = at >= EVENT_PACKETS - 1;
      const duration = Math.min(at + 1, EVENT_PACKETS) * SAMPLES;
      const payload = Buffer.from([
        DIGITS.indexOf(digit),
        (isEnd ? 0x80 : 0) | EVENT_VOLUME,
        duration >> 8,
        duration & 0xff,
      ]);
      this.#send(stream, eventType, this.#timestamp, at === 0, payload);
      return;
    }
    if (at === EVENT_PACKETS + 2) this.#timestamp = (this.#timestamp + (EVENT_PACKETS + 2) * SAMPLES) % 2 ** 32;
    this.#sendTone(stream);
    if (at < EVENT_PACKETS + 2 + EVENT_GAP_PACKETS) return;
    this.#eventPacket = 0;
    this.#digits = this.#digits.slice(1);
  }

  #send(
    { address, port, security }: RtpStream,
    type: number,
    timestamp: number,
    marker: boolean,
    payload: Buffer,
  ): void {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = (marker ? 0x80 : 0) | type;
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(this.#ssrc, 8);
    this.#sequence = (this.#sequence + 1) % 2 ** 16;
    this.figures.sent += 1;
    const packet = Buffer.concat([header, payload]);
    this.#socket.send(security ? security.send.protect(packet) : packet, port, address, () => {});
  }

  #heard(packet: Buffer, from: string): void {
    const { figures } = this;
    if (packet.length < 13 || packet[0] === undefined || packet[0] >> 6 !== 2) return;
    figures.received += 1;
    figures.from ??= from;
    const sequence = packet.readUInt16BE(2);
    const ahead = this.#highest === null ? 1 : (sequence - this.#highest) & 0xffff;
    if (ahead > 0 && ahead < 0x8000) {
      figures.lost += ahead - 1;
      this.#highest = sequence;
    }
    const { security = null } = this.#stream ?? {};
    const plain = security ? security.receive.unprotect(packet) : packet;
    if (plain === null) figures.unauthenticated += 1;
    else this.#listen(packet.readUInt8(1) & 0x7f, packet.readUInt32BE(4), plain.subarray(12));
  }

  #listen(type: number, timestamp: number, payload: Buffer): void {
    const { figures } = this;
    const stream = this.#stream;
    if (stream && type === stream.eventType) {
      if (timestamp === this.#heardEvent || figures.digits.length >= MAX_DIGITS) return;
      this.#heardEvent = timestamp;
      figures.digits += DIGITS[payload[0] ?? 255] ?? '?';
      return;
    }
    if (!payload.every(byte => byte === payload[0])) figures.silent = false;
    if (stream && type === stream.payloadType && tonePart(payload, stream.codec) > MOSTLY) figures.echoed += 1;
  }
}

export function familyOf(address: string): 'udp4' | 'udp6' {
  return isIPv6(address) ? 'udp6' : 'udp4';
}
