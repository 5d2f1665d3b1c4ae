/** What of SDP the load's browsers write and read: one audio or video stream a transport, as Chromium's, without what no server needs. */
import { benchCodecs } from './media-load.ts';

export type Direction = 'sendonly' | 'recvonly' | 'sendrecv';

/** One stream of a transport. */
export interface BrowserMedia {
  readonly kind: 'audio' | 'video';
  readonly direction: Direction;
  /** Of what is sent; null where nothing is. */
  readonly ssrc: number | null;
}

export interface OwnTransport {
  readonly ufrag: string;
  readonly password: string;
  /** Of sha-256. */
  readonly fingerprint: string;
}

/** Where a server is reached, and as whom. */
export interface ServerTransport {
  readonly host: string;
  readonly port: number;
  readonly ufrag: string;
  readonly password: string;
  readonly hash: string;
  readonly fingerprint: string;
  /** Ours in DTLS. */
  readonly role: 'client' | 'server';
  /** It has made the offer. */
  readonly offers: boolean;
  /** Of each m= line that is not refused, in turn; the first of Opus and of VP8. */
  readonly media: readonly { readonly mid: string; readonly kind: string; readonly payloadType: number }[];
}

export const AUDIO_TYPE = benchCodecs.opus.payloadType;
export const VIDEO_TYPE = 96;

const CODECS = {
  audio: {
    type: AUDIO_TYPE,
    lines: [`a=rtpmap:${AUDIO_TYPE} opus/48000/2`, `a=fmtp:${AUDIO_TYPE} minptime=10;useinbandfec=1`],
  },
  video: {
    type: VIDEO_TYPE,
    lines: [
      `a=rtpmap:${VIDEO_TYPE} VP8/90000`,
      ...['goog-remb', 'ccm fir', 'nack', 'nack pli'].map(what => `a=rtcp-fb:${VIDEO_TYPE} ${what}`),
    ],
  },
} as const;

/** An offer. It begins nothing: a=setup:actpass, as browsers have it. */
export function offerOf(own: OwnTransport, media: readonly BrowserMedia[]): string {
  return describe(
    own,
    'actpass',
    media.map((each, index) => ({ ...each, mid: String(index), payloadType: CODECS[each.kind].type })),
  );
}

/** The answer of who only receives. */
export function answerTo(offer: ServerTransport, own: OwnTransport): string {
  return describe(
    own,
    offer.role === 'client' ? 'active' : 'passive',
    offer.media.map(({ mid, kind, payloadType }) => ({
      kind: kind === 'video' ? 'video' : 'audio',
      direction: 'recvonly',
      ssrc: null,
      mid,
      payloadType,
    })),
  );
}

function describe(
  { ufrag, password, fingerprint }: OwnTransport,
  setup: string,
  media: readonly (BrowserMedia & { readonly mid: string; readonly payloadType: number })[],
): string {
  const lines = media.flatMap(({ kind, direction, ssrc, mid, payloadType }) => [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    ...['c=IN IP4 0.0.0.0', `a=mid:${mid}`, `a=ice-ufrag:${ufrag}`, `a=ice-pwd:${password}`, 'a=ice-options:trickle'],
    ...[`a=fingerprint:sha-256 ${fingerprint}`, `a=setup:${setup}`, 'a=rtcp-mux', 'a=rtcp-rsize', `a=${direction}`],
    ...CODECS[kind].lines.map(line => line.replace(`:${CODECS[kind].type} `, `:${payloadType} `)),
    ...(ssrc === null ? [] : [`a=msid:bench bench-${kind}`, `a=ssrc:${ssrc} cname:bench`]),
  ]);
  const head = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${media.map(({ mid }) => mid).join(' ')}`,
  ];
  return `${[...head, ...lines].join('\r\n')}\r\n`;
}

/** Reads a description of a server that bundles. @throws what is missing in it */
export function readServer(sdp: string, type: 'offer' | 'answer'): ServerTransport {
  const [, ...sections] = sdp.split(/^(?=m=)/m);
  const taken = sections.filter(section => !/^m=\w+ 0 /.test(section));
  const first = (name: string, pattern: RegExp): RegExpExecArray => {
    const found = pattern.exec(taken[0] ?? '') ?? pattern.exec(sdp);
    if (found === null) throw new Error(`the server's SDP has no ${name}`);
    return found;
  };
  const candidate = first('candidate of UDP over IPv4', /^a=candidate:\S+ 1 udp \d+ ([\d.]+) (\d+) typ host/im);
  const fingerprint = first('fingerprint', /^a=fingerprint:(\S+) (\S+)/m);
  return {
    host: candidate[1] as string,
    port: Number(candidate[2]),
    ufrag: first('ice-ufrag', /^a=ice-ufrag:(\S+)/m)[1] as string,
    password: first('ice-pwd', /^a=ice-pwd:(\S+)/m)[1] as string,
    hash: (fingerprint[1] as string).toLowerCase(),
    fingerprint: fingerprint[2] as string,
    // Who may choose begins (RFC 5763 §5).
    role: first('setup', /^a=setup:(\w+)/m)[1] === 'active' ? 'server' : 'client',
    offers: type === 'offer',
    media: taken.map(section => ({
      mid: /^a=mid:(\S+)/m.exec(section)?.[1] ?? '0',
      kind: /^m=(\w+)/.exec(section)?.[1] ?? '',
      payloadType: Number(/^a=rtpmap:(\d+) (?:opus\/48000|VP8\/90000)/im.exec(section)?.[1]),
    })),
  };
}
