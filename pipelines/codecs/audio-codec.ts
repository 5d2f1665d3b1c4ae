import type { Codec } from '../protocol/leg-media.ts';

/** Packet times that the media worker sends, ms. */
export const PACKET_TIMES = [10, 20, 30, 40, 60] as const;
export type PacketMs = (typeof PACKET_TIMES)[number];

/** How the media worker decodes and encodes. */
export type Coding = Pick<Codec, 'sampleRate' | 'implementation'>;

/** An audio codec by name: one that we can decode and encode, or one that only crosses the box. */
export interface AudioCodec extends Coding {
  /** As in a=rtpmap; compared without regard to case (RFC 4855 §3). */
  readonly name: string;
  /** Of RFC 3551 table 4 where there is a static one, else the dynamic one that we offer. */
  readonly payloadType: number;
  /** RTP clock, units per second. */
  readonly clockRate: number;
  /** As a=rtpmap says it; what is coded is always mono. */
  readonly channels: number;
  /** Of the decoded audio, Hz, mono, unless a far end's parameters say otherwise. */
  readonly sampleRate: number;
  readonly implementation: Codec['implementation'];
  /** What follows the number in our a=fmtp. */
  readonly fmtp: string | null;
  /** Packet times that it can be sent in, ascending; all that the worker has when absent. Any can be received. */
  readonly packetTimes?: readonly PacketMs[];
  /** How it is encoded for a far end with these parameters, where they or the packet time make a difference. */
  readonly sending?: (theirs: FormatParameters, packetMs: PacketMs) => Coding;
  /** How it is decoded from a far end with these parameters. */
  readonly receiving?: (theirs: FormatParameters) => Coding;
}

/** The parameters of an a=fmtp, names in lower case (RFC 4855 §3). */
export type FormatParameters = ReadonlyMap<string, string>;

/** Reads what follows the number in a=fmtp: "a=1; b=2". What has no value has an empty one. */
export function formatParameters(fmtp: string | null): FormatParameters {
  const pairs = (fmtp ?? '').split(';').map(pair => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim().toLowerCase(), value.join('=').trim()] as const;
  });
  return new Map(pairs.filter(([name]) => name !== ''));
}

/** A whole number of them; undefined when it is absent or none. */
export function numberOf(parameters: FormatParameters, name: string): number | undefined {
  const value = parameters.get(name) ?? '';
  return /^[0-9]{1,9}$/.test(value) ? Number(value) : undefined;
}
