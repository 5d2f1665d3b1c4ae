import type dgram from 'node:dgram';
import { DigitEar, digitTones } from './digit-tones.ts';
import { digitsOf, eventPayload, type HeardEvent, type OddPacket, type Press, readEvent } from './digits.ts';
import { decode, encode, type Law, payloadTypeOf } from './g711.ts';
import { Recording } from './recording.ts';
import { type Rtcp, readRtcp, readRtp, writeRtp, writeSenderReport } from './rtp.ts';
import { Heard, RATE, sine } from './tones.ts';
import { bindUdpPair, closeUdp } from './udp-socket.ts';
import { until } from './until.ts';

const PACKET_MS = 20;
const SAMPLES = (RATE * PACKET_MS) / 1000;
const SETTLING_SECONDS = 0.4;
const TELEPHONE_EVENT = 101;
/** Seconds between 1900, where NTP counts from, and 1970. */
const NTP_EPOCH = 2_208_988_800;

/** SRTP of both directions. */
export interface Secured {
  protect(packet: Buffer): Buffer;
  /** Null: not authentic. */
  unprotect(packet: Buffer): Buffer | null;
}

export interface Media {
  readonly host: string;
  readonly port: number;
}

/**
 * The media of a phone: says one tone, as G.711 packets of 20 ms, and keeps what it hears. Signalling is somebody
 * else's (SIPp): the answer's address comes in by `talkTo`.
 */
export class TonePhone {
  readonly host: string;
  readonly rtpPort: number;
  readonly frequencyHz: number;
  readonly law: Law;
  readonly levelDbov: number;
  readonly ssrc: number;
  /** RTP packets of any kind that came in, audio or not. */
  received = 0;
  /** What came in and was not RTP that we know. */
  strange = 0;
  sent = 0;
  readonly sources = new Set<number>();
  readonly events: HeardEvent[] = [];
  readonly rtcp: Rtcp[] = [];
  /** What is said and heard goes through it; reports are then not sent. */
  secured: Secured | undefined;
  readonly #rtpSocket: dgram.Socket;
  readonly #rtcpSocket: dgram.Socket;
  readonly #recording = new Recording();
  /** Digits that came in as tones. */
  readonly ear = new DigitEar();
  readonly #tones: Int16Array[] = [];
  readonly #odd: OddPacket[] = [];
  #oddSince = 0;
  readonly #presses: { digit: string; duration: number }[] = [];
  #press: Press | undefined;
  #remote: Media | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #ticks = 0;
  // No higher: what secures it counts no roll-over (RFC 3711 §3.3.1 warns of the first minutes, too).
  #sequence = Math.floor(Math.random() * 32_768);
  readonly #firstTimestamp = Math.floor(Math.random() * 2 ** 32);

  static async open(options: {
    frequencyHz: number;
    host?: string;
    law?: Law;
    levelDbov?: number;
    /** Of a stream that goes on from another socket. */
    ssrc?: number;
  }): Promise<TonePhone> {
    const host = options.host ?? '127.0.0.1';
    const [rtp, rtcp] = await bindUdpPair(host);
    return new TonePhone(rtp, rtcp, { host, law: 'PCMU', levelDbov: -16, ...options });
  }

  private constructor(
    rtp: dgram.Socket,
    rtcp: dgram.Socket,
    options: { frequencyHz: number; host: string; law: Law; levelDbov: number; ssrc?: number },
  ) {
    this.#rtpSocket = rtp;
    this.#rtcpSocket = rtcp;
    this.host = options.host;
    this.law = options.law;
    this.levelDbov = options.levelDbov;
    this.frequencyHz = options.frequencyHz;
    this.ssrc = options.ssrc ?? Math.floor(Math.random() * 2 ** 32);
    this.rtpPort = rtp.address().port;
    rtp.on('message', datagram => this.#heard(datagram));
    rtcp.on('message', datagram => {
      const packet = readRtcp(datagram);
      if (packet) this.rtcp.push(packet);
      else this.strange++;
    });
  }

  /** Begins to speak; again with another address: goes on there. */
  talkTo(remote: Media): void {
    this.#remote = remote;
    if (this.#timer) return;
    this.#startedAt = performance.now() - this.#ticks * PACKET_MS;
    this.#tick();
  }

  /** Stops speaking, goes on listening. */
  hush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Presses keys one after the other, each followed by as long a pause. */
  press(digits: string, durationMs = 100): void {
    for (const digit of digits) this.#presses.push({ digit, duration: (durationMs * RATE) / 1000 });
  }

  /** Sends these in the place of its next packets. */
  pressOddly(packets: readonly OddPacket[]): void {
    this.#odd.push(...packets);
  }

  /** The same as tones in its audio, in the place of its own. */
  dial(digits: string, durationMs = 100): void {
    const packets = Math.round(durationMs / PACKET_MS);
    for (const digit of digits) {
      for (let i = 0; i < packets; i++) this.#tones.push(digitTones(digit, i * SAMPLES, SAMPLES));
      for (let i = 0; i < packets; i++) this.#tones.push(new Int16Array(SAMPLES));
    }
  }

  /** The digits that came in, each once. */
  digits(): string {
    return digitsOf(this.events);
  }

  /** Sends any bytes to the far end's RTP port. */
  sendRaw(datagram: Buffer): void {
    if (this.#remote) this.#rtpSocket.send(datagram, this.#remote.port, this.#remote.host);
  }

  /** What is heard from shortly after now (first packets and jitter buffers have settled), once it is `seconds` long. */
  async listen(seconds = 2): Promise<Heard> {
    await this.#record(SETTLING_SECONDS);
    await this.#record(seconds);
    return new Heard(this.#recording.samples());
  }

  /** Forgets what was heard so far. */
  startRecording(): void {
    this.#recording.clear();
  }

  /** All that was heard since, bounded to a minute. */
  recorded(): Int16Array {
    return this.#recording.samples();
  }

  async #record(seconds: number): Promise<void> {
    this.#recording.clear();
    const what = `${seconds} s of sound at the phone of ${this.frequencyHz} Hz`;
    await until(what, () => this.#recording.length >= seconds * RATE, {
      limitMs: seconds * 1000 + 5_000,
      state: () => ({ seconds: this.#recording.length / RATE, received: this.received, sent: this.sent }),
    });
  }

  async close(): Promise<void> {
    this.hush();
    await Promise.all([closeUdp(this.#rtpSocket), closeUdp(this.#rtcpSocket)]);
  }

  #heard(datagram: Buffer): void {
    const plain = this.secured ? this.secured.unprotect(datagram) : datagram;
    const packet = plain && readRtp(plain);
    if (!packet) {
      this.strange++;
      return;
    }
    this.received++;
    this.sources.add(packet.ssrc);
    if (packet.payloadType === TELEPHONE_EVENT && packet.payload.length === 4) {
      this.events.push(readEvent(packet.payload, packet));
    } else if (packet.payloadType === payloadTypeOf[this.law]) {
      const samples = decode(this.law, packet.payload);
      this.#recording.put(packet.ssrc, packet.timestamp, samples);
      this.ear.listen(samples);
    } else {
      this.strange++;
    }
  }

  /** Deadlines are absolute: a late timer does not slow the phone down. */
  #tick(): void {
    const due = Math.floor((performance.now() - this.#startedAt) / PACKET_MS) + 1;
    for (; this.#ticks < due; this.#ticks++) this.#send(this.#ticks);
    this.#timer = setTimeout(() => this.#tick(), this.#startedAt + this.#ticks * PACKET_MS - performance.now());
  }

  #send(tick: number): void {
    const timestamp = (this.#firstTimestamp + tick * SAMPLES) >>> 0;
    const remote = this.#remote;
    if (!remote) return;
    const packet = this.#nextOdd(timestamp) ??
      this.#nextEvent(timestamp) ?? {
        payloadType: payloadTypeOf[this.law],
        marker: this.sent === 0,
        timestamp,
        payload: encode(
          this.law,
          this.#tones.shift() ?? sine(this.frequencyHz, this.levelDbov, tick * SAMPLES, SAMPLES),
        ),
      };
    const plain = writeRtp({ ...packet, ssrc: this.ssrc, sequence: this.#sequence++ });
    this.#rtpSocket.send(this.secured?.protect(plain) ?? plain, remote.port, remote.host);
    this.sent++;
    if (!this.secured && tick % 50 === 25) this.#report(remote, timestamp);
  }

  #nextOdd(timestamp: number) {
    const odd = this.#odd.shift();
    if (!odd) return undefined;
    const { payloadType, clockRate, marker, first, payload } = odd;
    if (first) this.#oddSince = timestamp * (clockRate / RATE);
    return { payloadType, marker, timestamp: this.#oddSince, payload };
  }

  #nextEvent(timestamp: number) {
    if (!this.#press) {
      const next = this.#presses.shift();
      if (!next) return undefined;
      this.#press = { ...next, timestamp, elapsed: 0, ends: 0 };
    }
    const press = this.#press;
    const marker = press.elapsed === 0;
    press.elapsed = Math.min(press.elapsed + SAMPLES, press.duration);
    const end = press.elapsed === press.duration;
    if (end) press.ends++;
    if (press.ends === 3) this.#press = undefined;
    return {
      payloadType: TELEPHONE_EVENT,
      marker,
      timestamp: press.timestamp,
      payload: eventPayload(press.digit, end, press.elapsed),
    };
  }

  #report(remote: Media, rtpTimestamp: number): void {
    const report = writeSenderReport({
      ssrc: this.ssrc,
      rtpTimestamp,
      packets: this.sent,
      octets: this.sent * SAMPLES,
      ntpSeconds: Date.now() / 1000 + NTP_EPOCH,
      cname: 'phone@test',
    });
    this.#rtcpSocket.send(report, remote.port + 1, remote.host);
  }
}
