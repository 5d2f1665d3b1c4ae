import type { Box } from './box.ts';
import { newBranch } from './raw-sip.ts';
import type { Rig } from './rig.ts';
import { Sipp } from './sipp.ts';
import { TonePhone } from './tone-phone.ts';
import { bindUdp, closeUdp } from './udp-socket.ts';
import { until } from './until.ts';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface SdpChange {
  readonly direction?: Direction;
  /** Default: where the phone listens. */
  readonly port?: number;
  readonly address?: string;
  /** Static payload types; default: the phone's law alone. */
  readonly formats?: readonly number[];
  /** Of telephone-event; default: 101 at 8 kHz. */
  readonly events?: { readonly payloadType: number; readonly clockRate: number };
  /** Default RTP/AVP. */
  readonly profile?: string;
  /** At the end: attributes of the audio line, further lines. */
  readonly lines?: readonly string[];
}

export interface SteeredOptions {
  readonly frequencyHz: number;
  readonly law?: 'PCMU' | 'PCMA';
  readonly port?: number;
  readonly host?: string;
  /** From of a caller: a name-addr without tag. */
  readonly from?: string;
  /** What a callee refuses its call with, or a re-INVITE: a status and its words. */
  readonly refusal?: string;
  readonly decline?: string;
  /** Header lines of a caller's INVITE. */
  readonly lines?: readonly string[];
  readonly offer?: SdpChange;
}

/**
 * A phone whose every step a test decides: SIPp signals (scenarios/steered-*.xml), told what to do by messages under
 * the Call-ID of its one call whose methods are words of ours; a tone phone speaks and listens.
 */
export class SteeredPhone {
  readonly sip: Sipp;
  media: TonePhone;
  /** Re-INVITEs are answered at once, their direction mirrored; else `reply` does it. */
  follows = true;
  readonly #rig: Rig;
  readonly #seen = new Map<string, number>();
  #callId = '';
  #version = 1;
  #count = 0;
  #answered = 0;

  /** A phone that waits for its call. */
  static async listening(rig: Rig, options: SteeredOptions): Promise<SteeredPhone> {
    const media = await mediaOf(rig, options);
    const { port, host = rig.us } = options;
    const keys = wordsOf(options);
    const sip = await Sipp.start({ scenario: 'steered-callee', host, keys, ...(port !== undefined && { port }) });
    return rig.keep(new SteeredPhone(rig, sip, media));
  }

  /** A phone that calls that number of the box at once. */
  static async calling(
    rig: Rig,
    box: Pick<Box, 'sipAddress'>,
    user: string,
    options: SteeredOptions,
  ): Promise<SteeredPhone> {
    const media = await mediaOf(rig, options);
    const { port, host = rig.us, from, lines = [], offer = {} } = options;
    const sip = await Sipp.start({
      scenario: 'steered-caller',
      host,
      remote: box.sipAddress,
      user,
      ...(port !== undefined && { port }),
      keys: {
        ...wordsOf(options),
        offer: description(media, 1, offer).join('\n      '),
        lines: ['X-None: none', ...lines].join('\n      '),
        caller: from ?? `"phone" <sip:phone@${host}>`,
      },
    });
    const phone = rig.keep(new SteeredPhone(rig, sip, media));
    await phone.next('CALLING');
    return phone;
  }

  private constructor(rig: Rig, sip: Sipp, media: TonePhone) {
    this.#rig = rig;
    this.sip = sip;
    this.media = media;
    sip.onLog(line => this.#logged(line));
  }

  /** The next line of its log that begins with that word, each once. */
  async next(word: string, limitMs = 8_000): Promise<string> {
    const index = this.#seen.get(word) ?? 0;
    this.#seen.set(word, index + 1);
    return until(`${word} of the phone of ${this.media.frequencyHz} Hz`, () => this.#lines(word)[index], {
      limitMs,
      state: () => ({ log: this.sip.log, errors: this.sip.errors().slice(-1500) }),
    });
  }

  /** The call has come in; its INVITE. */
  async invited(): Promise<string> {
    await this.next('INVITED');
    return this.sip.requests('INVITE')[0] ?? '';
  }

  /** 180. */
  ring(line?: string): void {
    this.#tell('RING', line === undefined ? {} : { line });
  }

  /** 183 with media. */
  progress(change: SdpChange = {}): void {
    this.#tell('PROGRESS', { body: this.sdp(change) });
  }

  /** Answers; resolves when that has been acknowledged. */
  async answer(change: SdpChange = {}, line?: string): Promise<void> {
    this.#tell('ANSWER', { body: this.sdp(change), ...(line !== undefined && { line }) });
    await this.next('ANSWERED');
  }

  /** The call, with the refusal of its options. */
  refuse(line?: string): void {
    this.#tell('REFUSE', line === undefined ? {} : { line });
  }

  /** CANCEL. */
  giveUp(line?: string): void {
    this.#tell('GIVEUP', line === undefined ? {} : { line });
  }

  /** Re-INVITE; the box's final response to it. */
  async offer(change: SdpChange | null): Promise<string> {
    this.#tell('OFFER', { body: change === null ? '' : this.sdp(change) });
    const before = this.sip.log.length;
    await until('the answer to a re-INVITE', () => this.sip.log.slice(before).some(line => /AGREED/.test(line)), {
      limitMs: 40_000,
      state: () => ({ log: this.sip.log, errors: this.sip.errors().slice(-1500) }),
    });
    return this.response('INVITE');
  }

  /** Answers the re-INVITE that has come. */
  reply(change: SdpChange = {}): void {
    this.#tell('REPLY', { body: this.sdp(change) });
  }

  /** Refuses it. */
  decline(): void {
    this.#tell('DECLINE', {});
  }

  /** A digit by INFO. */
  info(digit: string): void {
    this.#tell('TELL', { body: `Signal=${digit}\r\nDuration=160\r\n` });
  }

  /** REFER; resolves when it has been accepted. */
  async refer(target: string): Promise<void> {
    this.#tell('ASK', { line: `Refer-To: <${target}>` });
    await this.next('ASKED');
  }

  /** BYE; resolves when it has been answered. */
  async leave(line?: string): Promise<void> {
    this.#tell('LEAVE', line === undefined ? {} : { line });
    await this.next('LEFT');
  }

  /** The latest final response to a request of that method. */
  response(method: string): string {
    const isFinal = (text: string) =>
      /^SIP\/2\.0 [2-6]/.test(text) && new RegExp(`^CSeq: *\\d+ ${method}`, 'm').test(text);
    return this.sip.messages().findLast(({ sent, text }) => !sent && isFinal(text))?.text ?? '';
  }

  /** What it would say in SDP now, under the next version. */
  sdp(change: SdpChange = {}): string {
    return `${description(this.media, this.#version++, change).join('\r\n')}\r\n`;
  }

  get callId(): string {
    return this.#callId;
  }

  /** Another socket for its media, as after a change of network; the old one is closed. */
  async moveMedia(): Promise<void> {
    const { frequencyHz, law, host } = this.media;
    await this.media.close();
    this.media = await TonePhone.open({ frequencyHz, law, host });
  }

  /** Media goes where that description of the box says. */
  speaksTo(message: string): void {
    const [, host = ''] = /^c=IN IP4 (\S+)/m.exec(message) ?? [];
    const [, port = '0'] = /^m=audio (\d+)/m.exec(message) ?? [];
    this.media.talkTo({ host, port: Number(port) });
  }

  async close(): Promise<void> {
    await Promise.all([this.sip.close(), this.media.close()]);
  }

  #lines(word: string): string[] {
    return this.sip.log.filter(line => line === word || line.startsWith(`${word} `));
  }

  #logged(line: string): void {
    const [word, callId, host, port] = line.split(' ');
    if ((word === 'CALLING' || word === 'INVITED') && callId) this.#callId = callId;
    if (word === 'MEDIA' && host && port) this.media.talkTo({ host, port: Number(port) });
    if (word === 'CHANGE' && this.follows) this.#follow();
  }

  #follow(): void {
    const reinvite = this.sip.requests('INVITE').at(-1) ?? '';
    const asked = /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(reinvite)?.[1] ?? 'sendrecv';
    const mirrored = {
      sendrecv: 'sendrecv',
      sendonly: 'recvonly',
      recvonly: 'sendonly',
      inactive: 'inactive',
    } as const;
    this.reply({ direction: mirrored[asked as Direction] });
    this.#answered++;
  }

  /** Re-INVITEs that it has followed. */
  get followed(): number {
    return this.#answered;
  }

  #tell(word: string, { line = 'X-None: none', body = '' }: { line?: string; body?: string }): void {
    const { host, port } = this.sip;
    const text = [
      `${word} sip:steered@${host}:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${host}:9;branch=${newBranch()}`,
      'From: <sip:test@localhost>;tag=test',
      `To: <sip:steered@${host}>`,
      `Call-ID: ${this.#callId}`,
      `CSeq: ${++this.#count} ${word}`,
      `X-Line: ${line}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n');
    void bindUdp(this.#rig.us).then(socket => socket.send(text, port, host, () => void closeUdp(socket)));
  }
}

async function mediaOf(rig: Rig, { frequencyHz, law = 'PCMU', host = rig.us }: SteeredOptions): Promise<TonePhone> {
  return TonePhone.open({ frequencyHz, law, host });
}

function wordsOf({ refusal = '486 Busy Here', decline = '488 Not Acceptable Here' }: SteeredOptions) {
  return { refusal, decline };
}

const RTPMAP: Readonly<Record<number, string>> = {
  0: 'PCMU/8000',
  8: 'PCMA/8000',
  18: 'G729/8000',
  110: 'speex/16000',
  111: 'opus/48000/2',
};

function description(media: TonePhone, version: number, change: SdpChange): string[] {
  const { direction = 'sendrecv', port = media.rtpPort, address = media.host, profile = 'RTP/AVP' } = change;
  const events = change.events ?? { payloadType: 101, clockRate: 8000 };
  const formats = change.formats ?? [media.law === 'PCMU' ? 0 : 8];
  return [
    'v=0',
    `o=steered ${media.ssrc} ${version} IN IP4 ${media.host}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} ${profile} ${formats.join(' ')} ${events.payloadType}`,
    ...formats.map(format => `a=rtpmap:${format} ${RTPMAP[format]}`),
    `a=rtpmap:${events.payloadType} telephone-event/${events.clockRate}`,
    `a=fmtp:${events.payloadType} 0-15`,
    `a=${direction}`,
    ...(change.lines ?? []),
  ];
}
